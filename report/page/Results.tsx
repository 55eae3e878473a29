import { useEffect, useState } from 'preact/hooks';
import { VERDICT_WORDS } from '../../harness/judging/verdict-words.ts';
import { Campaigns } from './Campaigns.tsx';
import { Compare } from './Compare.tsx';
import type { Entry, FinishedRun, RunningRun } from './data.ts';
import { folderOf } from './folder.ts';
import { Scrollable } from './Scrollable.tsx';

type Run = Entry & FinishedRun;

/** All results of a folder: what runs now, what was found, what is damaged; to search, sort, filter and compare. */
export function Results(props: { readonly entries: readonly Entry[] }) {
  const { entries, live } = useLive(props.entries);
  const [search, setSearch] = useState('');
  const [verdict, setVerdict] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const runs = entries.filter((entry): entry is Run => entry.kind === 'run');
  const running = entries.filter((entry): entry is Entry & RunningRun => entry.kind === 'running');
  const damaged = entries.filter((entry) => entry.kind === 'damaged');
  const words = search.toLowerCase().split(/\s+/);
  const found = runs.filter(
    (run) => (verdict === '' || run.verdict === verdict) && words.every((word) => textOf(run).includes(word)),
  );
  const compared = runs.filter((run) => chosen.has(run.path));
  const choose = (path: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(path);
    else next.delete(path);
    setChosen(next);
  };
  return (
    <>
      <section class="hero" aria-label="Results">
        <h1>Results</h1>
        <p class="quiet" role="status">
          {runs.length} finished, {running.length} running{damaged.length > 0 ? `, ${damaged.length} damaged` : ''} ·{' '}
          {live ? 'live' : 'not connected: as it was when the page was opened'}
        </p>
      </section>
      {running.length > 0 && <Running running={running} />}
      <Campaigns entries={entries} />
      {compared.length > 1 && <Compare runs={compared} onDone={() => setChosen(new Set())} />}
      <section aria-labelledby="runs-title">
        <h2 id="runs-title">Runs</h2>
        <div class="toolbar">
          <input
            type="search"
            aria-label="Search results"
            placeholder="Search: a system, a fault, an anomaly, a folder"
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
          <label class="check">
            verdict{' '}
            <select value={verdict} onChange={(event) => setVerdict(event.currentTarget.value)}>
              <option value="">all</option>
              <option value="invalid">refuted</option>
              <option value="unknown">unknown</option>
              <option value="valid">held</option>
            </select>
          </label>
          <span class="found" role="status">
            {found.length} of {runs.length}
          </span>
          <span class="found">{compared.length < 2 && 'Select two or more runs to compare.'}</span>
        </div>
        <Runs runs={found} chosen={chosen} choose={choose} />
      </section>
      {damaged.length > 0 && <DamagedOnes entries={damaged} />}
    </>
  );
}

/** The entries as the server last told them. */
function useLive(first: readonly Entry[]): { readonly entries: readonly Entry[]; readonly live: boolean } {
  const [entries, setEntries] = useState(first);
  const [live, setLive] = useState(false);
  useEffect(() => {
    let socket: WebSocket | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    const connect = () => {
      socket = new WebSocket(`ws://${location.host}/live`);
      socket.onopen = () => setLive(true);
      socket.onmessage = (event) => setEntries(JSON.parse(String(event.data)) as Entry[]);
      socket.onclose = () => {
        setLive(false);
        if (!ended) timer = setTimeout(connect, 2_000);
      };
    };
    if (location.protocol === 'http:') connect();
    return () => {
      ended = true;
      clearTimeout(timer);
      socket?.close();
    };
  }, []);
  return { entries, live };
}

const COLUMNS: readonly (readonly [name: string, of: (run: Run) => string | number])[] = [
  ['verdict', (run) => ['invalid', 'unknown', 'valid'].indexOf(run.verdict)],
  ['system', (run) => run.system],
  ['workload', (run) => run.workload],
  ['faults', (run) => run.faults.join(' ')],
  ['cluster', (run) => run.cluster],
  ['seed', (run) => run.seed],
  ['calls', (run) => run.calls],
  ['why', (run) => run.says],
  ['when', (run) => -run.changedMs],
];
const SHOWN = 500;

function Runs(props: {
  readonly runs: readonly Run[];
  readonly chosen: ReadonlySet<string>;
  readonly choose: (path: string, on: boolean) => void;
}) {
  const [sort, setSort] = useState({ by: 'when', down: false });
  const of = COLUMNS.find(([name]) => name === sort.by)![1];
  const order = (a: Run, b: Run) => {
    const [x, y] = [of(a), of(b)];
    const before = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y));
    return sort.down ? -before : before;
  };
  return (
    <Scrollable class="wide" label="Table of runs">
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="hidden">compare</span>
            </th>
            {COLUMNS.map(([name]) => (
              <th
                key={name}
                scope="col"
                aria-sort={sort.by === name ? (sort.down ? 'descending' : 'ascending') : 'none'}
              >
                <button
                  type="button"
                  class="sort"
                  onClick={() => setSort({ by: name, down: sort.by === name && !sort.down })}
                >
                  {name}
                  <span aria-hidden="true">{sort.by === name ? (sort.down ? ' ↓' : ' ↑') : ''}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...props.runs]
            .sort(order)
            .slice(0, SHOWN)
            .map((run) => (
              <Row key={run.path} run={run} chosen={props.chosen.has(run.path)} choose={props.choose} />
            ))}
        </tbody>
      </table>
      {props.runs.length > SHOWN && <p class="quiet">The first {SHOWN} are shown: search for fewer.</p>}
    </Scrollable>
  );
}

function Row(props: {
  readonly run: Run;
  readonly chosen: boolean;
  readonly choose: (path: string, on: boolean) => void;
}) {
  const { run } = props;
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          aria-label={`Compare ${run.path}`}
          checked={props.chosen}
          onChange={(event) => props.choose(run.path, event.currentTarget.checked)}
        />
      </td>
      <td>
        {run.hasReport ? (
          <a class={`chip ${run.verdict}`} href={reportOf(run.path)}>
            {VERDICT_WORDS[run.verdict]}
          </a>
        ) : (
          <span class={`chip ${run.verdict}`} title="It has no report: splitbrain report makes one.">
            {VERDICT_WORDS[run.verdict]}
          </span>
        )}
      </td>
      <td>
        <bdi>{run.system}</bdi>
        <p class="why">
          <bdi>{run.path}</bdi>
        </p>
      </td>
      <td>
        <bdi>{run.workload}</bdi>
      </td>
      <td>
        <bdi>{run.faults.join(', ') || 'none'}</bdi>
      </td>
      <td>
        <bdi>{run.cluster}</bdi>
      </td>
      <td class="number">{run.seed}</td>
      <td class="number">{run.calls.toLocaleString('en')}</td>
      <td>
        <bdi>{run.says}</bdi>
      </td>
      <td class="number">{new Date(run.changedMs).toISOString().slice(0, 16).replace('T', ' ')}</td>
    </tr>
  );
}

function Running({ running }: { readonly running: readonly (Entry & RunningRun)[] }) {
  return (
    <section aria-labelledby="running-title">
      <h2 id="running-title">Running now</h2>
      <ul class="plain" aria-live="polite">
        {running.map((run) => (
          <li key={run.path}>
            <b>
              <bdi>{run.system || run.path}</bdi>
            </b>{' '}
            {run.workload}, seed {run.seed}: {run.ok.toLocaleString('en')} ok, {run.fail} fail, {run.info} info,{' '}
            {run.rate} a second{' '}
            {run.active.map((kind, place) => (
              <span class="fault-chip" key={`${kind} ${place}`}>
                {kind}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function DamagedOnes({ entries }: { readonly entries: readonly Entry[] }) {
  return (
    <section aria-labelledby="damaged-title">
      <h2 id="damaged-title">Damaged</h2>
      <ul class="plain">
        {entries.map((entry) => (
          <li key={entry.path}>
            <bdi>{entry.path}</bdi>: {entry.kind === 'damaged' ? <bdi>{entry.why}</bdi> : ''}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Where the server has a run's report. */
function reportOf(path: string): string {
  return `${folderOf(path)}/report.html`;
}

function textOf(run: Run): string {
  const { path, system, workload, cluster, faults, says, anomalies, seed } = run;
  return [path, system, workload, cluster, ...faults, says, ...anomalies, `seed:${seed}`, VERDICT_WORDS[run.verdict]]
    .join(' ')
    .toLowerCase();
}
