/**
 * What every model of sessions does with a history of registers: infer who wrote what was
 * read, look for a violation, shrink it, and say it in sentences; or give the reason why it is unknown.
 */

import type { Anomaly, Checker, CycleEdge, Verdict } from '../checker.ts';
import { type Columns, type History, INFO } from '../history.ts';
import type { Register } from '../models/register.ts';
import { withSeparators } from '../session-numbers.ts';
import { counterexample } from '../sources/counterexample.ts';
import { decide } from '../sources/decide.ts';
import { rowsOf } from '../sources/rows-of.ts';
import { type Speaker, shrink } from './counterexample.ts';
import { type RegisterOptions, type RegisterSessions, registerSessions, sentence } from './registers.ts';
import { sessionRiddles } from './repeated.ts';
import { type SessionRows, someRows } from './rows.ts';

/** Why rows break a model: the rows that show it, ascending, and how to say so. */
export interface Refutation {
  readonly rows: readonly number[];
  tell(say: Speaker): Pick<Anomaly, 'name' | 'message' | 'steps'> & { readonly cycle?: readonly RowEdge[] };
}

/** An edge of a cycle between rows, with the rows that only witness it. */
export interface RowEdge {
  readonly from: number;
  readonly to: number;
  readonly kind: 'process' | 'wr' | 'ww' | 'rw';
  readonly why: string;
  readonly via?: readonly number[];
}

/**
 * What a model's engine says of rows: why they break it, why
 * it cannot tell, or an order that shows that they satisfy it.
 */
export type EngineVerdict = Refutation | { readonly unknown: string } | { readonly order: Int32Array };

/**
 * An engine: `time` is by row a number that grows with real time.
 * `order` need only be found where a certificate is asked for.
 */
export type Engine = (rows: SessionRows, time: Int32Array) => EngineVerdict | null;

/** What a valid verdict carries when asked: all operations that count, by `start`, in an order that shows it. */
export interface SessionCertificate {
  readonly order: readonly number[];
}

/**
 * Whether an order, by `start`, shows that a history satisfies
 * a model; `initial` is what every register holds at first.
 */
export type Verify = (history: History<Register>, order: readonly number[], initial: unknown) => boolean;

/**
 * A checker of a model for registers: invalid with one anomaly, or the impossible reads; else valid,
 * or unknown where writers are unclear. A certificate is shown only after `verify` has accepted it.
 */
export function sessionChecker(
  name: string,
  engine: Engine,
  options: RegisterOptions,
  verify?: Verify,
  weaker: readonly Engine[] = [],
): Checker<Register> {
  const judged = (history: History): Verdict => judge(engine, history as unknown as History<Register>, options, verify);
  return {
    name,
    check(history) {
      const verdict = judged(history as unknown as History);
      if (verdict.type !== 'unknown') return verdict;
      return repeatedValues(history as unknown as History, options, judged, weaker) ?? verdict;
    },
  };
}

/** Operations judged by one search for whose write each read is of. */
const PATIENCE = 2_000_000;

/**
 * The verdict where values repeat; null where they do not. Where `weaker` models are given, the operations found must
 * break one of them, too: in the model itself each session may explain one read by several writes of its value.
 */
function repeatedValues(
  history: History,
  options: RegisterOptions,
  judged: (history: History) => Verdict,
  weaker: readonly Engine[],
): Verdict | null {
  const riddles = sessionRiddles(options.initial ?? null);
  const riddle = riddles.of(history);
  if (!riddle) return null;
  const decision = decide(riddle, judged, { left: PATIENCE });
  if (decision.type === 'valid') return decision.verdict;
  if (decision.type === 'unknown') return decision;
  const anomaly = counterexample(history, riddles, judged, decision.cases);
  if (!anomaly) return { type: 'unknown', reason: 'values repeat, and what was found to break it does not by itself' };
  const part = riddles.part(history, new Set(rowsOf(history.columns, anomaly.operations)));
  const open = riddles.of(part);
  const breaks = (engine: Engine): boolean => {
    const check = (one: History): Verdict => judge(engine, one as unknown as History<Register>, options, undefined);
    return open !== null && decide(open, check, { left: PATIENCE }).type === 'invalid';
  };
  if (open === null || weaker.length === 0 || weaker.some(breaks)) return { type: 'invalid', anomalies: [anomaly] };
  return {
    type: 'unknown',
    reason: 'values repeat, and no source for each read explains all sessions, but each may explain a read by another',
  };
}

function judge(
  engine: Engine,
  history: History<Register>,
  options: RegisterOptions,
  verify: Verify | undefined,
): Verdict {
  const found = registerSessions(history as unknown as History, options);
  const [first, ...rest] = found.anomalies;
  if (first) return { type: 'invalid', anomalies: [first, ...rest] };
  const judgement = engine(found.rows, found.operationOf);
  if (judgement && 'rows' in judgement) {
    return { type: 'invalid', anomalies: [anomalyOf(engine, history.columns, found, judgement)] };
  }
  if (judgement && 'unknown' in judgement) return { type: 'unknown', reason: judgement.unknown };
  if (found.unsure !== null) return { type: 'unknown', reason: found.unsure };
  if (!judgement || !options.certificate || !verify) return { type: 'valid' };
  const order = Array.from(judgement.order, (row) => history.columns.start[found.operationOf[row]]);
  if (!verify(history, order, options.initial ?? null)) {
    return {
      type: 'unknown',
      reason: 'an order was found that does not prove it when replayed: a defect of this checker',
    };
  }
  return { type: 'valid', certificate: { order } satisfies SessionCertificate };
}

function anomalyOf(engine: Engine, columns: Columns, found: RegisterSessions, refutation: Refutation): Anomaly {
  const { rows, operationOf } = found;
  const refute = (kept: readonly number[]): Refutation | null => {
    const judgement = engine(
      someRows(rows, kept),
      Int32Array.from(kept, (row) => operationOf[row]),
    );
    return judgement && 'rows' in judgement ? judgement : null;
  };
  const kept = shrink(refutation.rows, (fewer) => refute(fewer) !== null);
  const say: Speaker = (row, as) => sentence(columns, operationOf[kept[row]], as);
  const { cycle, ...told } = (refute(kept) ?? refutation).tell(say);
  const startOf = (row: number): number => columns.start[operationOf[kept[row]]];
  const operations = withSeparators(
    columns,
    observed(columns, found, kept).map((row) => operationOf[row]),
  );
  const edges = cycle?.map(({ from, to, via, ...edge }): CycleEdge => {
    const key = edge.kind === 'process' ? -1 : columns.key[operationOf[kept[to]]];
    return {
      ...edge,
      from: startOf(from),
      to: startOf(to),
      ...(key < 0 ? {} : { key: columns.keyNames[key] }),
      ...(via && via.length > 0 ? { via: via.map(startOf) } : {}),
    };
  });
  return {
    ...told,
    operations: operations.map((row) => columns.start[row]),
    ...(edges ? { cycle: edges } : {}),
  };
}

/**
 * The rows, and for each that is `info` a row that read from it,
 * since only that shows that it happened; and so on for those.
 */
function observed(columns: Columns, { rows, operationOf }: RegisterSessions, kept: readonly number[]): number[] {
  const all = new Set(kept);
  const isInfo = (row: number): boolean => columns.type[operationOf[row]] === INFO;
  for (let size = 0; size < all.size; ) {
    size = all.size;
    const unseen = new Set([...all].filter(isInfo));
    for (const row of all) if (!isInfo(row)) observe(rows, row, unseen);
    // A reader that is itself no `info` settles it; one that is needs a reader in turn.
    for (const settled of [true, false]) {
      for (let row = 0; row < rows.length && unseen.size > 0; row++) {
        if (isInfo(row) !== settled && observe(rows, row, unseen)) all.add(row);
      }
    }
  }
  return [...all];
}

/** Takes what the row reads from out of `unseen`; whether there was any. */
function observe(rows: SessionRows, row: number, unseen: Set<number>): boolean {
  let any = false;
  for (let e = rows.readAt[row]; e < rows.readAt[row + 1]; e++) any = unseen.delete(rows.readFrom[e]) || any;
  return any;
}
