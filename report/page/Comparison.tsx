import { useState } from 'preact/hooks';
import type { Comparison as Compared, Datatype } from '../../harness/compare/comparison.ts';
import { FigureTable } from './FigureTable.tsx';
import { Shortfall } from './Shortfall.tsx';
import { Staircase } from './Staircase.tsx';
import { type Subject, Trace } from './Trace.tsx';
import { Tradeoff } from './Tradeoff.tsx';

/** A comparison: what each design keeps and gives up under which fault. Every figure opens the runs that gave it. */
export function Comparison({ comparison }: { readonly comparison: Compared }) {
  const { datatypes, groups, runs, notes, command } = comparison;
  const [group, setGroup] = useState(groups.includes('partition') ? 'partition' : (groups[0] ?? ''));
  const [subject, setSubject] = useState<Subject>();
  return (
    <>
      <section class="hero" aria-label="What was compared">
        <h1>What designs give up</h1>
        <p class="says">{introduction(comparison)}</p>
        <Shortfall says={comparison.shortfall} />
        <dl class="facts">
          {factsOf(comparison).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <div class="command">
          <code>
            <bdi>{command}</bdi>
          </code>
        </div>
        {notes.map((note) => (
          <p key={note} class="why">
            {note}
          </p>
        ))}
      </section>
      <Groups groups={groups} chosen={group} onChoose={setGroup} />
      {datatypes.map((datatype) => (
        <section key={idOf(datatype)} class="compared" id={idOf(datatype)} aria-labelledby={`${idOf(datatype)}-title`}>
          <h2 id={`${idOf(datatype)}-title`}>
            <bdi>{datatype.datatype}</bdi> <small>workload {datatype.workload}</small>
          </h2>
          <Staircase datatype={datatype} groups={groups} onOpen={setSubject} />
          {datatype.systems.length > 1 && (
            <Tradeoff comparison={comparison} datatype={datatype} group={group} onOpen={setSubject} />
          )}
          <FigureTable comparison={comparison} datatype={datatype} group={group} onOpen={setSubject} />
        </section>
      ))}
      <Definitions comparison={comparison} />
      {subject && (
        <Trace comparison={comparison} subject={subject} onOpen={setSubject} onDone={() => setSubject(undefined)} />
      )}
      <p class="hint">{runs.length.toLocaleString('en')} runs stand behind this page.</p>
    </>
  );
}

/** The parts of the page that the bar links to. */
export function comparisonLinks({ datatypes }: Compared): [href: string, name: string][] {
  const each = datatypes.map((one): [string, string] => [`#${idOf(one)}`, one.datatype]);
  return [['#definitions', 'Definitions'], ...each];
}

function idOf({ datatype, workload }: Datatype): string {
  return `of-${datatype}-${workload}`.replaceAll(/[^\w-]+/g, '-');
}

function introduction({ datatypes, groups, seeds }: Compared): string {
  const systems = datatypes.reduce((sum, one) => sum + one.systems.length, 0);
  return `${systems} systems, grouped by datatype, each with the same workload, faults and ${seeds === 1 ? 'one seed' : `${seeds} seeds`} under ${groups.length} groups of faults.`;
}

function factsOf({ datatypes, runs, cluster, seed }: Compared): [name: string, value: string][] {
  const cells = datatypes.flatMap(({ systems }) => systems.flatMap((row) => row.cells));
  const planned = cells.reduce((sum, { share }) => sum + share.planned, 0);
  const made = runs.length.toLocaleString('en');
  return [
    ['systems', String(datatypes.reduce((sum, one) => sum + one.systems.length, 0))],
    ['datatypes', String(new Set(datatypes.map(({ datatype }) => datatype)).size)],
    ['runs', runs.length < planned ? `${made} of ${planned.toLocaleString('en')}` : made],
    ['cluster', cluster],
    ['first seed', String(seed)],
  ];
}

/** Which group of faults charts and tables below are of. */
function Groups(props: {
  readonly groups: readonly string[];
  readonly chosen: string;
  readonly onChoose: (group: string) => void;
}) {
  return (
    <fieldset class="groups">
      <legend>Faults:</legend>
      {props.groups.map((group) => (
        <label key={group}>
          <input
            type="radio"
            name="group"
            value={group}
            checked={group === props.chosen}
            onChange={() => props.onChoose(group)}
          />
          {group === 'none' ? 'no faults' : group}
        </label>
      ))}
    </fieldset>
  );
}

function Definitions({ comparison }: { readonly comparison: Compared }) {
  return (
    <section id="definitions" aria-labelledby="definitions-title">
      <h2 id="definitions-title">How each figure is computed</h2>
      <dl class="definitions">
        <dt>held, violated, unknown</dt>
        <dd>
          a model is held where no run of the cell violated it and every run was decided; violated where one run was;
          unknown where a checker could not decide. Held means that nothing was found in these runs.
        </dd>
        <dt>clean-window ratio</dt>
        <dd>
          the share of one-second windows, over all seeds, that no counterexample of the model reaches into from its
          first invocation to its last completion; a counterexample of a weaker model counts for every stronger one, and
          a read proved stale for linearizability. An upper bound, as checkers stop at their first proofs. The interval
          is Wilson’s, 95%
        </dd>
        {comparison.figures.map(({ key, name, unit, says }) => (
          <>
            <dt key={key}>
              {name}, {unit}
            </dt>
            <dd>{says}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}
