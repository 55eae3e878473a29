/**
 * Checkers of transactions over rows that are read by key and by predicate, from read uncommitted to strict
 * serializable: repeatable read (PL-2.99) and serializability (PL-3) differ by the phantoms that predicates show.
 *
 * Sources: Adya, "Weak Consistency" (MIT thesis, 1999), for predicates, their version sets and PL-2.99; Elle's closed
 * predicates for the closed universe of rows, without which nobody knows what a read did not find. What is not known,
 * such as the version of a row that did not match, is whatever explains the history.
 */
import type { Anomaly, Checker, CycleEdge, Verdict } from '../../checker.ts';
import type { History } from '../../history.ts';
import { type RowStep, rowCycle, rowCycleName } from './cycle.ts';
import { type Known, knownOf } from './known.ts';
import { findRowOrder, timeOf } from './order.ts';
import { type Reasons, reasons } from './reasons.ts';
import { partOf, type RowFinding, type RowHistory, type RowTransaction, rowsOf, type Sight } from './rows.ts';
import { type RowModel, type RowRule, rowRules } from './rules.ts';

/** What a history does not say. */
export interface RowOptions {
  /** The first rows; none by default. */
  readonly initial?: Readonly<Record<string, unknown>>;
  /** Steps that each search for an order may take. */
  readonly budget?: number;
}

const BUDGET = 200_000;

/**
 * Whether transactions over rows satisfy a model. Derives dependencies until nothing more follows, O(r k n / 32) for r
 * reads of n transactions over k rows, and searches for an order where they form no cycle: exact, and `unknown` where
 * the search gives up.
 */
export function overRows(model: RowModel, options: RowOptions = {}): Checker {
  return { name: model, check: (history): Verdict => analyseRows(history, options)(model) };
}

/** Reads a history once, and returns what tells the verdict of each model. */
export function analyseRows(history: History, options: RowOptions = {}): (model: string) => Verdict {
  const rows = rowsOf(history, options.initial);
  const verdicts = new Map<string, Verdict>();
  const verdictOf = (model: RowModel): Verdict => {
    const known = verdicts.get(model);
    if (known) return known;
    const [first] = (stronger[model] ?? []).filter((other) => verdictOf(other).type === 'valid');
    const verdict = first ? VALID : judged(rows, rowRules[model], options.budget ?? BUDGET);
    verdicts.set(model, verdict);
    return verdict;
  };
  return (model) => verdictOf(model as RowModel);
}

const VALID: Verdict = { type: 'valid' };

/** The next stronger models of each, which are easier to decide: more is known of the order. */
const stronger: Readonly<Partial<Record<RowModel, readonly RowModel[]>>> = {
  'strong-session-serializable': ['strict-serializable'],
  serializable: ['strong-session-serializable'],
  'strong-snapshot-isolation': ['strict-serializable'],
  'strong-session-snapshot-isolation': ['strong-session-serializable', 'strong-snapshot-isolation'],
  'snapshot-isolation': ['serializable', 'strong-session-snapshot-isolation'],
  'repeatable-read': ['serializable'],
  'read-committed': ['repeatable-read', 'snapshot-isolation'],
};

function judged(rows: RowHistory, rule: RowRule, budget: number): Verdict {
  const found = rows.findings.filter(({ name }) => forbids(rule, name));
  const [first, ...rest] = found.map((finding) => findingAnomaly(rows, finding));
  if (first) return { type: 'invalid', anomalies: [first, ...rest] };
  if (rule.uncommitted) return VALID;
  if (rows.txns.length > MOST_TRANSACTIONS) return { type: 'unknown', reason: tooMany(rows.txns.length) };
  const broken = brokenBy(rows, rule, budget);
  if (broken === null) return VALID;
  if (broken === 'unknown')
    return { type: 'unknown', reason: `the search for an order of the transactions took more than ${budget} steps` };
  return { type: 'invalid', anomalies: [leastOf(rows, rule, broken)] };
}

/** What shows that there is no order of the transactions; null where there is one. */
function brokenBy(rows: RowHistory, rule: RowRule, budget: number): Anomaly | 'unknown' | null {
  const time = timeOf(rows, rule.time);
  const known = knownOf(rows, rule, time);
  const cycle = rowCycle(rows.txns.length, known, time, rule);
  if (cycle) return cycleAnomaly(rows, cycle, rule, reasons(known, time));
  const order = known.unexplained ? 'none' : findRowOrder(rows, rule, known, budget);
  if (order === 'none') return noOrder(rows, rule, known, reasons(known, time));
  return order === 'unknown' ? 'unknown' : null;
}

/** Transactions above which no smaller part is looked for, and steps of each search for one. */
const MOST_LEFT_OUT = 64;
const PART_BUDGET = 20_000;

/** An anomaly in the fewest of its transactions: without any one, and what others saw of its writes, there is none. */
function leastOf(rows: RowHistory, rule: RowRule, anomaly: Anomaly): Anomaly {
  if (anomaly.operations.length > MOST_LEFT_OUT) return anomaly;
  const { start } = rows.history.columns;
  const named = new Set(anomaly.operations);
  let left = rows.txns.flatMap(({ row }) => (named.has(start[row] as number) ? [row] : []));
  const within = (some: readonly number[]): Anomaly | null => {
    const found = brokenBy(partOf(rows, new Set(some)), rule, PART_BUDGET);
    return found === 'unknown' ? null : found;
  };
  let least = within(left);
  for (let at = left.length - 1; at >= 0 && least !== null; at--) {
    const fewer = left.filter((_, other) => other !== at);
    const found = within(fewer);
    if (found === null) continue;
    least = found;
    left = fewer;
  }
  return least ?? anomaly;
}

/** What is known of the order is kept for every pair of transactions. */
const MOST_TRANSACTIONS = 5_000;

function tooMany(count: number): string {
  return `${count} transactions over rows, and of more than ${MOST_TRANSACTIONS} no order is searched for: give --model strict-serializable, or a shorter history`;
}

function forbids({ uncommitted, internal }: RowRule, name: RowFinding['name']): boolean {
  if (name === 'internal') return internal;
  return name === 'G1a' || name === 'G1b' ? !uncommitted : true;
}

const FINDINGS: Readonly<Record<RowFinding['name'], string>> = {
  'garbage-read': 'a transaction saw what no row ever was',
  internal: 'a transaction did not see what it had written itself',
  G1a: 'a transaction saw what was aborted',
  G1b: 'a transaction saw what was not its last version',
  'predicate-read-miss': 'a read by predicate missed a row that always matched',
};

function findingAnomaly({ history }: RowHistory, { name, row, says }: RowFinding): Anomaly {
  const start = history.columns.start[row] as number;
  return { name, message: FINDINGS[name], steps: [`operation ${start} ${says}`], operations: [start] };
}

const startOf = ({ history, txns }: RowHistory, txn: number): number =>
  history.columns.start[(txns[txn] as RowTransaction).row] as number;

/** What a transaction did to a row: `inserted x = 3`, `deleted x`. */
function didTo({ keys, txns }: RowHistory, txn: number, key: number): string {
  const value = (txns[txn] as RowTransaction).writes.get(key);
  return value === undefined ? `deleted ${keys[key]}` : `wrote ${keys[key]} = ${JSON.stringify(value)}`;
}

function why(rows: RowHistory, step: RowStep, { time }: RowRule): string {
  const [from, to] = [`operation ${startOf(rows, step.from)}`, `operation ${startOf(rows, step.to)}`];
  if (step.kind === 'time')
    return time === 'real' ? `${from} ended before ${to} began` : `${from} came before ${to} in its process`;
  const { kind, key, sight, reader } = step;
  if (kind === 'ww')
    return `${from} ${didTo(rows, step.from, key)} before ${to} ${didTo(rows, step.to, key)}: operation ${startOf(rows, reader)} came after both and ${sight.says}`;
  if (kind === 'wr' || kind === 'wrp') return `${from} ${didTo(rows, step.from, key)}, and ${to} ${sight.says}`;
  return `${from} ${sight.says}, and ${to} ${didTo(rows, step.to, key)}`;
}

function cycleAnomaly(rows: RowHistory, steps: readonly RowStep[], rule: RowRule, because: Reasons): Anomaly {
  const name = rowCycleName(steps, rule.time);
  const cycle = steps.map((step): CycleEdge => {
    const kind = step.kind === 'time' ? (rule.time === 'real' ? 'realtime' : 'process') : step.kind;
    const via = step.kind === 'ww' ? { via: [startOf(rows, step.reader)] } : {};
    const key = step.kind === 'time' ? {} : { key: rows.keys[step.key] as string };
    return {
      from: startOf(rows, step.from),
      to: startOf(rows, step.to),
      kind,
      ...key,
      why: why(rows, step, rule),
      ...via,
    };
  });
  const phantom = steps.some(({ kind }) => kind === 'rwp');
  const named = [...new Set(cycle.flatMap(({ from, via = [] }) => [from, ...via]))];
  const behind = because(
    steps.flatMap((step) => (step.kind === 'time' ? [] : [step])),
    [],
  );
  const operations = [...new Set([...named, ...behind.map((txn) => startOf(rows, txn))])].sort((a, b) => a - b);
  const message = phantom
    ? `${named.length} transactions, each of which must come before the next: a read by predicate missed a row that another made match`
    : `${named.length} transactions, each of which must come before the next`;
  return { name, message, steps: cycle.map((edge) => edge.why), operations, cycle };
}

/** Where no order is left though no cycle is certain: each way to explain what was seen fails. */
function noOrder(rows: RowHistory, rule: RowRule, { unexplained, edges }: Known, because: Reasons): Anomaly {
  const suffix = rule.time === 'none' ? '' : rule.time === 'real' ? '-realtime' : '-process';
  const phantom = rows.txns.some(({ sights }) => sights.some(({ item }) => !item)) && rule.predicates === 'last';
  const family = rule.items === 'any' ? 'G1c' : rule.snapshot ? 'G-nonadjacent' : 'G2';
  const name = `${family}${phantom || family === 'G1c' ? '' : '-item'}${suffix}`;
  const steps = unexplained
    ? [
        `operation ${startOf(rows, unexplained.reader)} ${unexplained.sight.says}, and every version that could explain it had been replaced by then or came later`,
      ]
    : [...new Set(edges.map((edge) => why(rows, edge, rule)))].slice(0, MOST_STEPS);
  const operations = unexplained
    ? [
        ...new Set([
          ...writersAnd(rows, unexplained.reader, unexplained.sight),
          ...because([], unexplained.because).map((txn) => startOf(rows, txn)),
        ]),
      ].sort((a, b) => a - b)
    : rows.txns.map((_, txn) => startOf(rows, txn));
  return { name, message: 'no order of the transactions explains what they saw', steps, operations };
}

const MOST_STEPS = 20;

/** A reader, and all who can have written what it saw. */
function writersAnd(rows: RowHistory, reader: number, { key, fits }: Sight): number[] {
  const writers = rows.txns.flatMap(({ writes }, txn) =>
    txn === reader || (writes.has(key) && fits(writes.get(key))) ? [txn] : [],
  );
  return writers.map((txn) => startOf(rows, txn));
}
