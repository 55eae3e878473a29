import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import {
  cellWords,
  counted,
  namedOf,
  OUTCOMES,
  outcomeOf,
  seenOf,
  shortfallOf,
  worstOutcome,
} from '../../harness/campaign/gate.ts';
import type { Cell, Summary, SummaryRun } from '../../harness/campaign/summary.ts';
import { VERDICT_WORDS } from '../../harness/judging/verdict-words.ts';
import type { Failure } from './data.ts';
import { Failures } from './Failures.tsx';
import { hasReport, reportOf } from './report-of.ts';
import { Scrollable } from './Scrollable.tsx';
import { Shortfall } from './Shortfall.tsx';
import { TableHead } from './TableHead.tsx';
import { durationText } from './time.ts';

/** A campaign: how it ended, systems by faults, and every run with a link to its report. */
export function Campaign(props: { readonly summary: Summary; readonly failures: readonly Failure[] }) {
  const { summary, failures } = props;
  const { runs, cells, notes } = summary;
  const kinds = [...new Set(cells.map(faultsOf))];
  const systems = rowsOf(cells);
  const cellAt = (subject: string, kind: string) =>
    cells.find((cell) => subjectOf(cell) === subject && faultsOf(cell) === kind);
  const [search, setSearch] = useState('');
  const found = worstFirst(runs.filter((run) => textOf(run).includes(search.toLowerCase())));
  return (
    <>
      <section class="hero" aria-label="Result">
        <p class={`verdict ${exitOf(summary).type}`}>{exitOf(summary).word}</p>
        <h1>Campaign</h1>
        <p class="says">{exitOf(summary).says}</p>
        <Shortfall says={shortfallOf(summary)} />
        <dl class="facts">
          {countsOf(summary).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <div class="command">
          <code>
            <bdi>{summary.command}</bdi>
          </code>
        </div>
      </section>
      <Failures failures={failures} runs={runs} />
      <section aria-labelledby="matrix-title">
        <h2 id="matrix-title">Systems by faults</h2>
        <Scrollable class="wide" label="Table of systems by faults">
          <table class="matrix">
            <thead>
              <tr>
                <th scope="col">system</th>
                {kinds.map((kind) => (
                  <th key={kind} scope="col">
                    {kind}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {systems.map((system) => (
                <tr key={system}>
                  <th scope="row">
                    <bdi>{system}</bdi>
                  </th>
                  {kinds.map((kind) => (
                    <Verdict key={kind} cell={cellAt(system, kind)} summary={summary} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scrollable>
        {notes.map((note) => (
          <p key={note} class="why">
            <bdi>{note}</bdi>
          </p>
        ))}
      </section>
      <section aria-labelledby="runs-title">
        <h2 id="runs-title">Runs</h2>
        <div class="toolbar">
          <input
            type="search"
            aria-label="Search runs"
            placeholder="Search: a system, a fault, an anomaly, refuted"
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
          <span class="found" role="status">
            {found.length} of {runs.length}
          </span>
        </div>
        {runs.length < summary.made && (
          <p class="why">
            Of {summary.made.toLocaleString('en')} runs these are the first of the plan, and the first of each cell that
            showed something. All are in runs.jsonl, a line each
            {isServed() ? (
              <>
                , and <a href="runs.html">here page by page</a>.
              </>
            ) : (
              '; splitbrain serve shows them page by page.'
            )}
          </p>
        )}
        <Runs runs={found} />
      </section>
    </>
  );
}

/** Whether `splitbrain serve` gave this page out, which alone has one for all runs. */
function isServed(): boolean {
  return ['127.0.0.1', 'localhost'].includes(location.hostname);
}

/** What nobody expected comes first, then what failed or is unknown; those alike stay in their order. */
function worstFirst(runs: readonly SummaryRun[]): readonly SummaryRun[] {
  const rank = ({ verdict, expected }: SummaryRun) =>
    verdict === 'invalid' && expected === undefined ? 0 : verdict === 'error' ? 1 : verdict === 'unknown' ? 2 : 3;
  return [...runs].sort((a, b) => rank(a) - rank(b));
}

/** The verdict of a system under some faults, and a link to the run that shows it best. */
function Verdict({ cell, summary }: { readonly cell: Cell | undefined; readonly summary: Summary }) {
  if (!cell) return <td />;
  const linked = namedOf(summary, cell).filter(hasReport);
  const shown = linked.find((run) => run.verdict === cell.verdict) ?? linked[0];
  return (
    <td>
      <Chip tone={toneOfCell(cell)} run={shown} title={cell.says}>
        {cellWords(cell)}
        {cell.expected !== undefined && <small> expected</small>}
      </Chip>
    </td>
  );
}

/** A verdict, as a link to a run's report where there is one. */
function Chip(props: {
  readonly tone: string;
  readonly run: SummaryRun | undefined;
  readonly title?: string;
  readonly children: ComponentChildren;
}) {
  const { tone, run, title, children } = props;
  if (!run)
    return (
      <span class={`chip ${tone}`} title={title}>
        {children}
      </span>
    );
  return (
    <a class={`chip ${tone}`} href={reportOf(run)} title={title}>
      {children}
    </a>
  );
}

function Runs({ runs }: { readonly runs: readonly SummaryRun[] }) {
  return (
    <Scrollable class="wide" label="Table of runs">
      <table>
        <TableHead names={['verdict', 'system', 'workload', 'faults', 'seed', 'operations', 'took', 'why']} />
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <td>
                <Chip tone={toneOf(run)} run={hasReport(run) ? run : undefined}>
                  {VERDICT_WORDS[run.verdict]}
                </Chip>
              </td>
              <td>
                <bdi>{run.system}</bdi>
              </td>
              <td>
                <bdi>{run.workload}</bdi>
              </td>
              <td>{faultsOf(run)}</td>
              <td class="number">{run.seed}</td>
              <td class="number">{run.operations.toLocaleString('en')}</td>
              <td class="number">{durationText(run.ms * 1e6)}</td>
              <td>
                <bdi>{run.says}</bdi>
                {run.expected !== undefined && (
                  <p class="why">
                    {run.verdict === 'invalid' ? 'expected' : 'expected to be refuted, and not refuted this time'}:{' '}
                    {run.expected}
                  </p>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}

/** The rows of the matrix: what was refuted, failed or is unknown comes first; those alike stay in their order. */
function rowsOf(cells: readonly Cell[]): readonly string[] {
  const ranks = new Map<string, number>();
  for (const cell of cells) {
    const rank = OUTCOMES.indexOf(outcomeOf(cell));
    ranks.set(subjectOf(cell), Math.min(rank, ranks.get(subjectOf(cell)) ?? rank));
  }
  return [...ranks].sort(([, a], [, b]) => a - b).map(([subject]) => subject);
}

/** A row of the matrix: a system, and its workload. */
function subjectOf({ system, workload }: Cell): string {
  return `${system} (${workload})`;
}

function faultsOf(run: Pick<SummaryRun, 'faults'>): string {
  return run.faults.length > 0 ? run.faults.join(', ') : 'none';
}

function toneOf(run: SummaryRun): string {
  return run.verdict === 'invalid' && run.expected !== undefined ? 'expected' : run.verdict;
}

function textOf(run: SummaryRun): string {
  const { system, workload, says, seed, anomalies, verdict } = run;
  return [system, workload, faultsOf(run), says, `seed ${seed}`, ...anomalies, VERDICT_WORDS[verdict]]
    .join(' ')
    .toLowerCase();
}

function countsOf({ cells, made, planned }: Summary): [name: string, value: string][] {
  const count = (tone: keyof Cell['verdicts']) =>
    cells.reduce((sum, { verdicts }) => sum + verdicts[tone], 0).toLocaleString('en');
  const [all, of] = [made.toLocaleString('en'), planned.toLocaleString('en')];
  return [
    ['runs', made < planned ? `${all} of ${of}` : all],
    ['held', count('valid')],
    ['refuted', count('invalid')],
    ['refuted as expected', count('expected')],
    ['unknown', count('unknown')],
    ['failed', count('error')],
    ['operations', cells.reduce((sum, cell) => sum + cell.operations, 0).toLocaleString('en')],
  ];
}

/**
 * How the campaign ended, by the order of exit codes: refuted,
 * failed, unknown, all as claimed. Cells decide, over all their runs.
 */
function exitOf(summary: Summary): { readonly type: string; readonly word: string; readonly says: string } {
  const { cells, shard } = summary;
  const outcome = worstOutcome(cells);
  const own = cells.filter((cell) => outcomeOf(cell) === outcome);
  const never = own.filter(({ notRun }) => notRun).length;
  const of = `of ${counted(cells.length, 'cell')} (a system under some faults)`;
  const unknown = [
    ...(own.length > never ? [`Not enough was seen in ${own.length - never} ${of}`] : []),
    ...(never > 0 ? [`${never} ${of} ${never === 1 ? 'was' : 'were'} not run`] : []),
  ].join(', and ');
  const [type, word, says] = {
    refuted: ['invalid', 'Refuted', `A claim was refuted in ${own.length} ${of}`],
    failed: ['error', 'Failed', `Runs failed or are missing in ${own.length} ${of}`],
    unknown: ['unknown', 'Unknown', unknown],
    held: ['valid', 'All claims held', 'Every claim held, or its anomaly was expected'],
  }[outcome] as [string, string, string];
  if (!shard) return { type, word, says: `${says}${summary.gate === false ? '' : `: exit code ${CODES[outcome]}`}.` };
  const part = `This is shard ${shard.join(' of ')}: splitbrain merge weighs the runs of all.`;
  if (outcome === 'held') return { type: 'unknown', word: 'A part', says: `Nothing unexpected in it. ${part}` };
  return { type, word, says: `${says}. ${part}` };
}

const CODES = { refuted: 1, failed: 255, unknown: 2, held: 0 } as const;

function toneOfCell(cell: Cell): string {
  if (seenOf(cell) === 'not run') return 'not-run';
  if (cell.verdict === 'invalid' && cell.expected !== undefined) return 'expected';
  return cell.verdict;
}
