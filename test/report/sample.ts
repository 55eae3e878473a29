/**
 * Results, histories and messages of any size for tests and measurements of the report: a register on three
 * nodes through a partition, a crash, a pause and a clock step, with one stale read that proves an anomaly.
 */
import { type Anomaly, type History, HistoryBuilder, type Outcome, transactional } from 'elle-ts';
import type { Summary, SummaryRun } from '../../harness/campaign/summary.ts';
import type { Journalled } from '../../harness/clusters/cluster.ts';
import type { Fault } from '../../harness/faults/fault.ts';
import { NO_COMMITS } from '../../harness/judging/commits.ts';
import { metricsOf } from '../../harness/judging/metrics/metrics.ts';
import type { Result } from '../../harness/judging/result.ts';
import type { Plan, Setting } from '../../harness/setting/plan.ts';
import type { ReportInput } from '../../report/report.ts';

export interface SampleOptions {
  readonly operations: number;
  readonly clients?: number;
  readonly keys?: number;
  readonly messages?: boolean;
  /** Put in the place of texts that a system or a user chooses. */
  readonly hostile?: string;
}

const NODES = ['n1', 'n2', 'n3'];
const PACE_NS = 3_000_000;
const ERRORS = { lost: 'timeout: no answer in 500 ms', refused: 'refused: not the primary' };

/** The same input for the same options. */
export function sample(options: SampleOptions): ReportInput {
  const { operations, clients = 8, hostile } = options;
  const keys = Array.from({ length: options.keys ?? 6 }, (_, i) => `${hostile ?? ''}k${i}`);
  const random = seeded(7);
  const ms = Math.max(((operations / clients) * PACE_NS * 1.6) / 1e6, 50);
  const faults = faultsIn(ms);
  const intended = intentions(operations, clients, keys, random);
  const history = recorded(intended, { faults, clients, random, hostile });
  const calls = intended.map(({ at: _, took: __, ...call }) => call as Plan['calls'][number]);
  const messages = options.messages
    ? intended.flatMap(({ node, atMs }, row) =>
        exchange(history.columns.start[row]!, node, atMs, faults[0]!, random, hostile),
      )
    : [];
  const plan = { calls, faults, links: { seed: 7, calm: false, odd: {} } };
  return {
    setting: settingOf({ ms, clients, keys: keys.length }, hostile),
    plan,
    result: resultOf({ plan, anomaly: staleRead(history, hostile), ms, history }),
    history,
    calls: intended.map(({ id }) => id),
    messages,
    logs: { n1: `listening\n${hostile ?? 'primary elected'}\n`, n2: 'listening\n', n3: '' },
    command: `splitbrain run --system quorum/no-write-back --workload register --faults partition,crash,pause,clock --nodes 3 --clients ${clients} --seed 7`,
  };
}

interface Intention {
  readonly id: number;
  readonly client: number;
  readonly node: string;
  readonly atMs: number;
  readonly f: string;
  readonly key: string;
  readonly input: number | null;
  readonly at: number;
  readonly took: number;
}

/** Each client's calls one after the other, in the order of their starts. */
function intentions(operations: number, clients: number, keys: readonly string[], random: () => number): Intention[] {
  const made: Intention[] = [];
  for (let client = 0; client < clients; client++) {
    let at = Math.round(random() * PACE_NS);
    for (let id = client; id < operations; id += clients) {
      const took = Math.round(PACE_NS * (0.15 + random() ** 3 * 2));
      const f = random() < 0.55 ? 'read' : 'write';
      const key = keys[Math.floor(random() * keys.length)]!;
      const node = NODES[id % NODES.length]!;
      made.push({ id, client, node, atMs: at / 1e6, f, key, input: f === 'write' ? id : null, at, took });
      at += took + Math.round(random() * PACE_NS * 1.2);
    }
  }
  return made.sort((a, b) => a.at - b.at);
}

function recorded(
  intended: readonly Intention[],
  how: { faults: readonly Fault[]; clients: number; random: () => number; hostile: string | undefined },
): HistoryBuilder {
  const { faults, clients, random, hostile } = how;
  const history = new HistoryBuilder();
  const processes = Array.from({ length: clients }, (_, client) => client);
  const values = new Map<string, number>();
  const rows = new Int32Array(intended.length);
  const events = [
    ...intended.map((one) => ({ one, at: one.at, ends: false })),
    ...intended.map((one) => ({ one, at: one.at + one.took, ends: true })),
  ];
  events.sort((a, b) => a.at - b.at);
  events.forEach(({ one, at, ends }, index) => {
    const { id, client, f, key, input, node } = one;
    if (!ends) {
      rows[id] = history.invoke(index, at, processes[client]!, { f, key, input, node });
      return;
    }
    const fate = fateOf(within(faults[0]!, at / 1e6) && client % 3 === 0, random());
    if (fate === 'ok' && input !== null) values.set(key, input);
    const seen = hostile && id % 10 === 0 ? hostile : (values.get(key) ?? null);
    history.complete(rows[id]!, index, at, outcomeOf(fate, f === 'read' ? seen : null, hostile));
    if (fate === 'lost') processes[client]! += clients + NODES.length;
  });
  return history;
}

function fateOf(cut: boolean, chance: number): 'lost' | 'refused' | 'ok' {
  if (cut && chance < 0.3) return 'lost';
  return chance < 0.04 ? 'refused' : 'ok';
}

function outcomeOf(fate: 'lost' | 'refused' | 'ok', output: unknown, hostile: string | undefined): Outcome<unknown> {
  if (fate === 'ok') return { type: 'ok', output };
  return { type: fate === 'lost' ? 'info' : 'fail', error: hostile ?? ERRORS[fate] };
}

/** A run in which everything held. */
export function calmSample(operations: number): ReportInput {
  const input = sample({ operations });
  const result: ReportInput['result'] = {
    ...input.result,
    verdict: 'valid',
    says: 'linearizable held for 6 keys under partition, crash, pause and clock faults, with enough evidence.',
    claims: input.result.claims.map(({ claim }) => ({ claim, verdict: { type: 'valid' } })),
    checkers: { linearizable: { type: 'valid' }, sequential: { type: 'valid' }, causal: { type: 'valid' } },
    evidence: input.result.evidence.filter(({ enough }) => enough),
  };
  return { ...input, result };
}

function within(fault: Fault, ms: number): boolean {
  return ms >= fault.fromMs && ms <= fault.toMs;
}

function faultsIn(ms: number): Fault[] {
  const cut = [
    ['n1', 'n2'],
    ['n2', 'n1'],
    ['n1', 'n3'],
    ['n3', 'n1'],
  ] as [string, string][];
  return [
    { id: 1, kind: 'partition', fromMs: ms * 0.2, toMs: ms * 0.4, cut },
    { id: 2, kind: 'crash', fromMs: ms * 0.5, toMs: ms * 0.6, targets: ['n2'], disk: 'kept' },
    { id: 3, kind: 'pause', fromMs: ms * 0.68, toMs: ms * 0.74, targets: ['n3'] },
    { id: 4, kind: 'clock', fromMs: ms * 0.3, toMs: ms * 0.8, targets: ['n1'], how: 'step', byMs: 400 },
  ];
}

/** A node asks the two others, and they answer; what crosses the cut is lost. */
function exchange(
  start: number,
  node: string,
  sentMs: number,
  partition: Fault,
  random: () => number,
  hostile: string | undefined,
): Journalled[] {
  return NODES.filter((other) => other !== node).flatMap((other) => {
    const lost = within(partition, sentMs) && (node === 'n1' || other === 'n1');
    const arrives = sentMs + 0.2 + random() * 0.5;
    const id = `${start}${node}${other}`;
    const body = { kind: 'query', round: start, note: hostile };
    const question: Journalled = {
      id,
      cause: `operation ${start}`,
      from: node,
      to: other,
      kind: 'query',
      sentMs,
      root: `operation ${start}`,
      delaysMs: [],
      arrivedMs: lost ? [] : [arrives],
      ...(lost ? { faults: [1] } : {}),
      body,
    };
    if (lost) return [question];
    const back = {
      id: `${id}r`,
      cause: id,
      from: other,
      to: node,
      kind: 'reply',
      sentMs: arrives,
      root: `operation ${start}`,
      delaysMs: [0.3],
    };
    return [question, { ...back, arrivedMs: [arrives + 0.3], body }];
  });
}

/** A write, and a read of the same key that began after the write was acknowledged. */
function staleRead(history: HistoryBuilder, hostile: string | undefined): Anomaly {
  const { columns } = history;
  const from = Math.floor(columns.length * 0.25);
  const rows: number[] = [];
  for (let row = from; row < columns.length && rows.length < 3; row++) {
    const key = rows.length === 0 ? columns.key[row] : columns.key[rows[0]!];
    const wanted = rows.length < 2 ? 'write' : 'read';
    const after = rows.length === 0 || columns.start[row]! > columns.end[rows.at(-1)!]!;
    if (columns.type[row] === 0 && after && columns.key[row] === key && columns.fNames[columns.f[row]!] === wanted)
      rows.push(row);
  }
  const [old, fresh, read] = rows as [number, number, number];
  history.output[read] = history.input[old];
  const key = columns.keyNames[columns.key[read]!];
  const at = (row: number) => columns.start[row]!;
  return {
    name: 'stale-read',
    message: `A read of ${key} answered ${history.input[old]} after ${history.input[fresh]} had been written and acknowledged.${hostile ?? ''}`,
    steps: [
      `#${at(old)} wrote ${history.input[old]} to ${key} and was acknowledged before #${at(fresh)} began.`,
      `#${at(fresh)} overwrote it with ${history.input[fresh]} and was acknowledged before #${at(read)} began.`,
      `#${at(read)} still answered ${history.input[old]}: no order of these three agrees with real time.`,
    ],
    operations: [at(old), at(fresh), at(read)],
  };
}

function settingOf(
  { ms, clients, keys }: { ms: number; clients: number; keys: number },
  hostile: string | undefined,
): Setting {
  return {
    system: `quorum/no-write-back${hostile ?? ''}`,
    workload: 'register',
    cluster: 'simulation',
    seed: 7,
    nodes: NODES,
    options: {
      clients,
      nodes: NODES,
      durationMs: ms,
      ratePerSecond: 500,
      keys,
      mix: { read: 0.55, write: 0.45 },
    },
    faults: ['partition', 'crash', 'pause', 'clock'],
    callTimeoutMs: 500,
  };
}

function resultOf(of: { plan: Plan; anomaly: Anomaly; ms: number; history: History }): Result {
  const { plan, anomaly, ms } = of;
  const bit = (fault: Fault) => {
    if (fault.kind === 'partition') return { targets: ['n1', 'n2', 'n3'], cut: 214 };
    const targets = 'targets' in fault && Array.isArray(fault.targets) ? [...fault.targets] : [];
    return fault.kind === 'clock' ? { targets, offsetMs: [400] } : { targets, pids: [4242] };
  };
  const result: Omit<Result, 'metrics'> = {
    tally: {
      runs: 1,
      called: {},
      succeeded: {},
      main: { effects: {}, keys: { asked: 0, moved: 0 } },
      messages: 0,
      during: {},
      served: NO_COMMITS,
      leftOut: {},
      dependent: [],
      pairs: {},
      mainUs: ms * 1000,
      finalAsked: 0,
      finalAnswered: 0,
      finalUnheard: 0,
      silent: [],
    },
    verdict: 'invalid',
    says: 'It claims to be linearizable under partition, and a read answered a value that had been overwritten.',
    claims: [
      {
        claim: {
          model: 'linearizable',
          under: ['partition', 'crash', 'pause', 'link', 'clock'],
          available: 'majority',
          durable: 'always',
          converges: false,
          recoversMs: 2000,
        },
        verdict: { type: 'invalid', anomalies: [anomaly] },
      },
    ],
    checkers: {
      linearizable: { type: 'invalid', anomalies: [anomaly] },
      sequential: { type: 'unknown', reason: 'the search was given up after 2,000,000 steps' },
      'monotonic-reads': { type: 'valid' },
      'read-your-writes': { type: 'valid' },
      'lost-writes': { type: 'valid' },
    },
    evidence: [
      { says: 'calls of every kind were made during every fault', enough: true },
      { says: 'the partition lost 214 messages, the crash killed a process', enough: true },
      { says: 'the clock fault was never seen to change an answer', enough: false },
    ],
    faults: plan.faults.map((fault) => {
      return { fault, began: bit(fault), ended: bit(fault), fromMs: fault.fromMs, toMs: fault.toMs };
    }),
    healedMs: ms,
    recoveryMs: 12.5,
    traffic: { messages: 4312, bytes: 812_345, kinds: {}, marks: { 'wrote back': 12, 'asked again': 3 } },
  };
  return { ...result, metrics: metricsOf(result, { history: of.history, answers: new Set() }, NODES) };
}

/** A small generator of numbers in [0, 1): the same sequence for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

const VERDICTS: Readonly<Record<string, Readonly<Record<string, SummaryRun['verdict']>>>> = {
  'quorum/abd': { crash: 'unknown' },
  'quorum/slide': { partition: 'invalid', crash: 'invalid' },
  'async-replication/slide': { partition: 'invalid' },
};

/** A campaign of two sound systems and two slides under two faults. */
export function sampleSummary(hostile: string): Summary {
  const systems = ['quorum/abd', 'quorum/slide', 'async-replication/slide', 'sync-replication/sound'];
  const runs = systems.flatMap((system) =>
    ['partition', 'crash'].map((fault): SummaryRun => {
      const id = `${system.replace('/', '-')}-${fault}-1`;
      const expected = system.startsWith('async') ? { expected: 'a slide: reads from replicas' } : {};
      const verdict = VERDICTS[system]?.[fault] ?? 'valid';
      const refuted = verdict === 'invalid';
      return {
        id,
        folder: hostile === '' ? `runs/${id}` : `javascript:${hostile}/../..`,
        system: system + hostile,
        workload: 'register',
        faults: [fault + hostile],
        cluster: 'processes',
        seed: 7,
        verdict,
        says: refuted ? `a read answered a value that had been overwritten${hostile}` : 'linearizable held',
        anomalies: refuted ? [`stale-read${hostile}`] : [],
        ...(refuted ? expected : {}),
        operations: 1500,
        ms: 3200,
      };
    }),
  );
  return {
    ...{ version: 2, made: runs.length, planned: runs.length, figures: [], ms: runs.map(({ ms }) => ms) },
    command: `splitbrain campaign --seeds 1${hostile}`,
    seed: 7,
    startedAt: '2026-01-02T03:04:05Z',
    runs,
    cells: cellsOf(runs),
    notes: [],
  };
}

/**
 * Transactions on lists among which neither of two reads what
 * the other writes: what a checker of transactions found in them.
 */
export function cycleSample(): ReportInput {
  return transactionSample('serializable', [
    [['append', 'x', 1]],
    [
      ['r', 'x', [1]],
      ['append', 'y', 1],
    ],
    [
      ['r', 'y', []],
      ['append', 'x', 2],
    ],
    [
      ['r', 'x', [1, 2]],
      ['r', 'y', [1]],
    ],
  ]);
}

/** Transactions on registers of which two read the same and then both wrote. */
export function lostUpdateSample(): ReportInput {
  const update = (value: number): Mops => [
    ['r', 'x', null],
    ['w', 'x', value],
  ];
  return transactionSample('snapshot-isolation', [[['w', 'y', 1]], update(1), update(2), [['r', 'y', 1]]]);
}

type Mops = readonly (readonly [f: string, key: string, value: unknown])[];

/** Four transactions, the two in the middle concurrent, and what a checker found in them. */
function transactionSample(model: 'serializable' | 'snapshot-isolation', mops: readonly Mops[]): ReportInput {
  const history = new HistoryBuilder();
  const at = (ms: number) => ms * 1e6;
  const asked = mops.map((list) => list.map(([f, key, value]) => [f, key, f === 'r' ? null : value]));
  const events: (readonly [row: number, ms: number])[] = [
    [0, 1],
    [0, 3],
    [1, 5],
    [2, 6],
    [1, 11],
    [2, 12],
    [3, 15],
    [3, 19],
  ];
  const begun = new Set<number>();
  events.forEach(([row, ms], index) => {
    if (begun.has(row)) history.complete(row, index, at(ms), { type: 'ok', output: mops[row] });
    else history.invoke(index, at(ms), row, { f: 'txn', input: asked[row], node: NODES[row % 3]! });
    begun.add(row);
  });
  const verdict = transactional(model).check(history);
  const calm = calmSample(8);
  const result: ReportInput['result'] = {
    ...calm.result,
    verdict: 'invalid',
    says: `It claims ${model}, and neither of two transactions read what the other wrote.`,
    claims: calm.result.claims.map(({ claim }) => ({ claim: { ...claim, model }, verdict })),
    checkers: { [model]: verdict, 'read-committed': { type: 'valid' } },
  };
  return { ...calm, result, history, calls: [], messages: [] };
}

/** A cell for each of the runs, which is its only one. */
export function cellsOf(runs: readonly SummaryRun[]): Summary['cells'] {
  return runs.map(({ system, workload, faults, verdict, says, operations, anomalies, expected }) => ({
    ...{ system, workload, faults, verdict, says, operations, planned: 1, judged: 1, gates: true as const },
    verdicts: {
      valid: 0,
      invalid: 0,
      unknown: 0,
      error: 0,
      expected: 0,
      [expected === undefined ? verdict : 'expected']: 1,
    },
    anomalies: Object.fromEntries(anomalies.map((name) => [name, 1])),
    ...(expected === undefined ? {} : { expected }),
  }));
}
