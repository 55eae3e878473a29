import type { ComparedCell, Datatype, Row } from '../../harness/compare/comparison.ts';
import { percentText } from './figure-text.ts';
import { Scrollable } from './Scrollable.tsx';
import type { Subject } from './Trace.tsx';

/**
 * The consistency staircase: systems by groups of faults by models, the weakest model first. A full step
 * held in every run; one that did not is filled as far as its windows were clean; a hatched one is unknown.
 */
export function Staircase(props: {
  readonly datatype: Datatype;
  readonly groups: readonly string[];
  readonly onOpen: (subject: Subject) => void;
}) {
  const { datatype, groups } = props;
  const { models, systems } = datatype;
  // Where runs that were planned are not there, each group says first how many are.
  const short = systems.some(({ cells }) => cells.some(({ share }) => share.judged < share.planned));
  const wide = models.length + (short ? 1 : 0);
  const first = (i: number) => (i === 0 && !short ? 'first' : '');
  return (
    <>
      <h3>What held</h3>
      <Legend />
      <Scrollable class="wide" label={`Consistency of ${datatype.datatype}: systems by faults by models`}>
        <table class="staircase">
          <thead>
            <tr>
              <th rowSpan={2} scope="col">
                system
              </th>
              {groups.map((group) => (
                <th key={group} scope="colgroup" colSpan={wide} class="group">
                  {group === 'none' ? 'no faults' : group}
                </th>
              ))}
            </tr>
            <tr>
              {groups.flatMap((group) => [
                short && (
                  <th key={`${group} runs`} scope="col" class="model first">
                    <span>runs</span>
                  </th>
                ),
                ...models.map((model, i) => (
                  <th key={`${group} ${model}`} scope="col" class={`model ${first(i)}`}>
                    <span>{model}</span>
                  </th>
                )),
              ])}
            </tr>
          </thead>
          <tbody>
            {systems.map((row) => (
              <tr key={row.system}>
                <th scope="row">
                  <bdi>{row.system}</bdi>
                </th>
                {groups.flatMap((group) => [
                  short && (
                    <td key={`${group} runs`} class="first share">
                      {shareText(row, group)}
                    </td>
                  ),
                  ...models.map((model, i) => (
                    <td key={`${group} ${model}`} class={first(i)}>
                      <Step row={row} group={group} model={model} datatype={datatype} onOpen={props.onOpen} />
                    </td>
                  )),
                ])}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrollable>
    </>
  );
}

const SYMBOLS = [
  ['held', '', 100, 'held in every run'],
  ['violated', '×', 60, 'violated, filled by the share of clean time'],
  ['unknown', '?', 0, 'unknown'],
  ['held claimed', '', 100, 'claimed by the system'],
] as const;

/** What the steps mean, each as it is drawn. */
function Legend() {
  return (
    <ul class="symbols">
      {SYMBOLS.map(([kind, glyph, filled, says]) => (
        <li key={says}>
          <span class={`step ${kind}`} aria-hidden="true">
            <span class="fill" style={{ height: `${filled}%` }} />
            <span class="glyph">{glyph}</span>
          </span>
          {says}
        </li>
      ))}
      <li>A step opens its witness and its runs; without one a model was not judged.</li>
    </ul>
  );
}

function shareText({ cells }: Row, group: string): string {
  const share = cells.find((one) => one.group === group)?.share;
  if (!share) return '';
  return share.judged === 0 ? 'not run' : `${share.judged}/${share.planned}`;
}

function Step(props: {
  readonly row: Row;
  readonly group: string;
  readonly model: string;
  readonly datatype: Datatype;
  readonly onOpen: (subject: Subject) => void;
}) {
  const { row, group, model } = props;
  const cell = row.cells.find((one) => one.group === group);
  const own = cell?.models[model];
  if (!cell || !own) return null;
  const word = statusOf(cell, model);
  const clean = own.ratio ? `, ${percentText(own.ratio)} of windows clean` : '';
  const of = own.held + own.violated + own.unknown;
  const { judged, planned } = cell.share;
  const all = judged < planned ? `${of} of ${planned} planned runs` : `all ${of} runs`;
  const count = word === 'violated' ? ` in ${own.violated} of ${of} runs` : word === 'held' ? ` in ${all}` : '';
  const claimed = row.claims.includes(model);
  const says = `${row.system}: ${model} under ${group === 'none' ? 'no faults' : group} ${word}${count}${clean}${claimed ? '; claimed' : ''}`;
  return (
    <button
      type="button"
      class={`step ${word}${claimed ? ' claimed' : ''}`}
      aria-label={says}
      title={says}
      onClick={() => props.onOpen({ kind: 'model', system: row.system, cell, model })}
    >
      <span class="fill" style={{ height: `${Math.round((own.ratio?.value ?? 0) * 100)}%` }} />
      <span class="glyph" aria-hidden="true">
        {word === 'violated' ? '×' : word === 'unknown' ? '?' : ''}
      </span>
    </button>
  );
}

/** Whether a model held in every run of a cell. */
export function statusOf(cell: ComparedCell, model: string): 'held' | 'violated' | 'unknown' {
  const own = cell.models[model];
  if (!own) return 'unknown';
  if (own.violated > 0) return 'violated';
  return own.unknown > 0 || own.held === 0 ? 'unknown' : 'held';
}
