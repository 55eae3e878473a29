import { useState } from 'preact/hooks';
import type { Cell, Summary, SummaryRun } from '../../harness/campaign/summary.ts';
import { Scrollable } from './Scrollable.tsx';
import { TableHead } from './TableHead.tsx';
import { durationText } from './time.ts';

const WORDS = { valid: 'held', invalid: 'refuted', unknown: 'unknown', error: 'failed' } as const;

/** A campaign: how it ended, systems by faults, and every run with a link to its report. */
export function Campaign({ summary }: { readonly summary: Summary }) {
  const { runs, cells, notes } = summary;
  const kinds = [...new Set(runs.map(faultsOf))].sort();
  const systems = [...new Set(cells.map(subjectOf))];
  const cellAt = (subject: string, kind: string) =>
    cells.find((cell) => subjectOf(cell) === subject && faultsOf(cell) === kind);
  const [search, setSearch] = useState('');
  const found = runs.filter((run) => textOf(run).includes(search.toLowerCase()));
  return (
    <>
      <section class="hero" aria-label="Result">
        <p class={`verdict ${exitOf(summary).type}`}>{exitOf(summary).word}</p>
        <h1>Campaign</h1>
        <p class="says">{exitOf(summary).says}</p>
        <dl class="facts">
          {countsOf(runs).map(([name, value]) => (
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
                    <Verdict key={kind} cell={cellAt(system, kind)} runs={runs} />
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
        <Runs runs={found} />
      </section>
    </>
  );
}

/** The verdict of a system under some faults, and a link to the run that shows it best. */
function Verdict({ cell, runs }: { readonly cell: Cell | undefined; readonly runs: readonly SummaryRun[] }) {
  const own = cell ? runs.filter((run) => isIn(cell, run)) : [];
  const shown = own.find((run) => run.verdict === cell?.verdict) ?? own[0];
  if (!cell || !shown) return <td />;
  return (
    <td>
      <a class={`chip ${toneOfCell(cell)}`} href={reportOf(shown)} title={cell.says}>
        {wordOf(cell)}
        {cell.expected !== undefined && <small> expected</small>}
      </a>
    </td>
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
                <a class={`chip ${toneOf(run)}`} href={reportOf(run)}>
                  {WORDS[run.verdict]}
                </a>
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

/** Only a relative link within the campaign's folder, whatever a summary says. */
function reportOf(run: SummaryRun): string {
  return `${run.folder
    .split('/')
    .filter((part) => part !== '..')
    .map(encodeURIComponent)
    .join('/')}/report.html`.replace(/^\/+/, '');
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
  return [system, workload, faultsOf(run), says, `seed ${seed}`, ...anomalies, WORDS[verdict]].join(' ').toLowerCase();
}

function countsOf(runs: readonly SummaryRun[]): [name: string, value: string][] {
  const count = (tone: string) => String(runs.filter((run) => toneOf(run) === tone).length);
  return [
    ['runs', String(runs.length)],
    ['held', count('valid')],
    ['refuted', count('invalid')],
    ['refuted as expected', count('expected')],
    ['unknown', count('unknown')],
    ['failed', count('error')],
    ['operations', runs.reduce((sum, run) => sum + run.operations, 0).toLocaleString('en')],
  ];
}

/** How the campaign ended, by the order of exit codes: refuted, failed, unknown, all as claimed. Cells decide, over all their runs. */
function exitOf({ cells }: Summary): { readonly type: string; readonly word: string; readonly says: string } {
  const gating = cells.filter(({ gates }) => gates);
  const count = (verdict: Cell['verdict']) =>
    gating.filter((cell) => cell.verdict === verdict && cell.expected === undefined).length;
  const of = `of ${cells.length} cells (a system under some faults)`;
  if (count('invalid') > 0)
    return { type: 'invalid', word: 'Refuted', says: `A claim was refuted in ${count('invalid')} ${of}: exit code 1.` };
  if (count('error') > 0)
    return { type: 'error', word: 'Failed', says: `The harness failed in ${count('error')} ${of}: exit code 255.` };
  if (count('unknown') > 0)
    return { type: 'unknown', word: 'Unknown', says: `Too little was seen in ${count('unknown')} ${of}: exit code 2.` };
  return { type: 'valid', word: 'As claimed', says: 'Every claim held, or its anomaly was expected: exit code 0.' };
}

function isIn({ system, workload, faults }: Cell, run: SummaryRun): boolean {
  return system === run.system && workload === run.workload && faults.join() === run.faults.join();
}

function toneOfCell(cell: Cell): string {
  if (cell.verdict === 'invalid' && cell.expected !== undefined) return 'expected';
  return cell.verdict;
}

/** The anomaly with how many seeds showed it, or the verdict. */
function wordOf({ verdict, anomalies, runs }: Cell): string {
  const [worst] = Object.entries(anomalies).sort((a, b) => b[1] - a[1]);
  if (!worst) return WORDS[verdict];
  return runs.length > 1 ? `${worst[0]} ${worst[1]}/${runs.length}` : worst[0];
}
