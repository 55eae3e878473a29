/**
 * The session and causal models of registers, as slowly as they are defined: every order of the writes
 * or of the operations is tried. The engines of checkers/sessions/ are compared with this on small histories.
 */

import type { History, Operation, Register } from 'elle-ts';

/** One effect of a session: a cas is a read and a write. */
interface Step {
  readonly session: number;
  readonly key: string;
  readonly read?: unknown;
  readonly write?: unknown;
  /** Its place in the order of its own session. */
  readonly place: number;
}

export type SlowModel =
  | 'read-your-writes'
  | 'monotonic-reads'
  | 'monotonic-writes'
  | 'writes-follow-reads'
  | 'CC'
  | 'causal'
  | 'CM'
  | 'PRAM'
  | 'sequential';

/**
 * Valid iff some subset of the `info` operations, taken as done, makes a history that satisfies
 * the model: with some writer for every read, where a value was written more than once. Nothing
 * here knows when operations began or ended, but in which order each process made its own.
 */
export function slowly(model: SlowModel, history: History<Register>, initial: unknown = null): boolean {
  const operations = [...history].filter(
    (o) => o.outcome.type !== 'fail' && !(o.f === 'read' && o.outcome.type === 'info'),
  );
  const unsure = operations.filter((o) => o.outcome.type === 'info');
  const sessions = sessionOf(history);
  for (let chosen = 0; chosen < 1 << unsure.length; chosen++) {
    const done = operations.filter((o) => !unsure.includes(o) || chosen & (1 << unsure.indexOf(o)));
    const steps = done.map((o) => stepOf(o, sessions));
    for (const from of writersOf(steps, initial)) if (satisfies(model, steps, from, initial)) return true;
  }
  return false;
}

/**
 * Every way to say which step each read returned the value of,
 * -1 being what was there at first; -2 for what reads nothing.
 */
function* writersOf(steps: readonly Step[], initial: unknown, at = 0): Generator<number[]> {
  if (at === steps.length) {
    yield [];
    return;
  }
  const step = steps[at]!;
  const choices = !reads(step)
    ? [-2]
    : [
        ...(step.read === initial ? [-1] : []),
        ...[...steps.keys()].filter(
          (w) => writes(steps[w]!) && steps[w]!.key === step.key && steps[w]!.write === step.read,
        ),
      ];
  if (choices.length === 0) return;
  for (const rest of writersOf(steps, initial, at + 1)) for (const from of choices) yield [from, ...rest];
}

function sessionOf(history: History<Register>): Map<number, number> {
  const sessions = new Map<number, number>();
  const current = new Map<number, number>();
  let next = 0;
  for (const o of history) {
    if (!current.has(o.process)) current.set(o.process, next++);
    sessions.set(o.start, current.get(o.process) as number);
    if (o.outcome.type === 'info') current.delete(o.process);
  }
  return sessions;
}

function stepOf(o: Operation<Register>, sessions: Map<number, number>): Step {
  const base = { session: sessions.get(o.start) as number, key: o.key ?? '', place: o.start };
  const input = o.input as unknown;
  if (o.f === 'write') return { ...base, write: input };
  if (o.f === 'cas') return { ...base, read: (input as unknown[])[0], write: (input as unknown[])[1] };
  return { ...base, read: o.outcome.type === 'ok' ? o.outcome.output : null };
}

const reads = (step: Step): boolean => 'read' in step;
const writes = (step: Step): boolean => 'write' in step;

function satisfies(model: SlowModel, steps: readonly Step[], from: readonly number[], initial: unknown): boolean {
  const n = steps.length;
  const so = matrix(n, (a, b) => steps[a]!.session === steps[b]!.session && steps[a]!.place < steps[b]!.place);
  const all = steps.map((_, i) => i);
  if (model === 'sequential') return someOrder(all, so, steps, all, initial);
  if (model === 'PRAM') {
    return all.every((o) => {
      const own = all.filter((i) => steps[i]!.session === steps[o]!.session);
      const view = all.filter((i) => writes(steps[i]!) || own.includes(i));
      return someOrder(view, so, steps, own, initial);
    });
  }
  if (!['CC', 'CM', 'causal'].includes(model)) return guaranteed(model, steps, from);
  const co = closure(matrix(n, (a, b) => so[a]![b]! || from[b] === a));
  if (co.some((row, i) => row[i])) return false;
  if (model === 'CC' || model === 'CM') {
    return all.every((o) => {
      const past = all.filter((i) => i === o || co[i]![o]!);
      return someOrder(past, co, steps, model === 'CC' ? [o] : past.filter((i) => i === o || so[i]![o]!), initial);
    });
  }
  return arbitrated(steps, co, (w, r) => co[w]![r]!, from);
}

/** Is there a total order of the writes such that each read returns the last of its key that it sees? */
function arbitrated(
  steps: readonly Step[],
  before: boolean[][],
  sees: (write: number, read: number) => boolean,
  from: readonly number[],
): boolean {
  const all = steps.map((_, i) => i);
  const written = all.filter((i) => writes(steps[i]!));
  return orders(written, before, (order) =>
    all.every((r) => {
      if (!reads(steps[r]!)) return true;
      const seen = order.filter((w) => steps[w]!.key === steps[r]!.key && sees(w, r));
      return (seen.at(-1) ?? -1) === from[r];
    }),
  );
}

/**
 * Terry et al. in the form of Viotti and Vukolić: the rules say what is visible to more reads, and bind
 * the order of the writes. They are applied, from what each read returned, until nothing changes.
 */
function guaranteed(model: SlowModel, steps: readonly Step[], from: readonly number[]): boolean {
  const sees = matrix(steps.length, (w, r) => from[r] === w);
  const { before, visible } = rulesOf(model, steps, sees);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [w, write] of steps.entries()) {
      for (const [r, read] of steps.entries()) {
        if (!writes(write) || !reads(read) || sees[w]![r] || !visible(w, r)) continue;
        sees[w]![r] = true;
        changed = true;
      }
    }
  }
  return arbitrated(steps, matrix(steps.length, before), (w, r) => sees[w]![r]!, from);
}

/**
 * What the guarantee demands, given what is visible: which write
 * comes `before` which, and what must be `visible` to a read.
 */
function rulesOf(model: SlowModel, steps: readonly Step[], sees: readonly boolean[][]) {
  const all = steps.map((_, i) => i);
  const written = all.filter((i) => writes(steps[i]!));
  const readings = all.filter((i) => reads(steps[i]!));
  const later = (a: number, b: number): boolean =>
    steps[a]!.session === steps[b]!.session && steps[a]!.place < steps[b]!.place;
  const before = (a: number, b: number): boolean => {
    if (!writes(steps[a]!) || !writes(steps[b]!)) return false;
    if (model === 'monotonic-writes') return later(a, b);
    if (model !== 'writes-follow-reads') return false;
    return readings.some((r) => sees[a]![r]! && (later(r, b) || r === b));
  };
  const visible = (w: number, r: number): boolean => {
    if (model === 'read-your-writes') return later(w, r);
    return readings.some((x) => sees[w]![x]! && later(x, r)) || written.some((x) => before(w, x) && sees[x]![r]!);
  };
  return { before, visible };
}

/**
 * The session guarantees with nothing assumed about what is visible: every set of visible writes
 * for every read, and every order of the writes. For histories of four operations or so, all `ok`.
 */
export function byAnyVisibility(model: SlowModel, history: History<Register>): boolean {
  const sessions = sessionOf(history);
  const steps = [...history].map((o) => stepOf(o, sessions));
  const from = steps.map((r) => {
    if (!reads(r)) return -2;
    return r.read === null ? -1 : steps.findIndex((w) => writes(w) && w.key === r.key && w.write === r.read);
  });
  const all = steps.map((_, i) => i);
  const written = all.filter((i) => writes(steps[i]!));
  const pairs = written.flatMap((w) => all.filter((r) => reads(steps[r]!)).map((r) => [w, r] as const));
  for (let chosen = 0; chosen < 1 << pairs.length; chosen++) {
    const sees = matrix(steps.length, () => false);
    for (const [i, [w, r]] of pairs.entries()) if (chosen & (1 << i)) sees[w]![r] = true;
    const { before, visible } = rulesOf(model, steps, sees);
    if (pairs.some(([w, r]) => visible(w, r) && !sees[w]![r])) continue;
    if (arbitrated(steps, matrix(steps.length, before), (w, r) => sees[w]![r]!, from)) return true;
  }
  return false;
}

/** Is there an order of `view`, extending `before`, in which the reads of `legal` return the last written value? */
function someOrder(
  view: readonly number[],
  before: boolean[][],
  steps: readonly Step[],
  legal: readonly number[],
  initial: unknown,
): boolean {
  const right = (order: readonly number[]): boolean => {
    const last = steps[order.at(-1)!]!;
    if (!reads(last) || !legal.includes(order.at(-1)!)) return true;
    const write = order.slice(0, -1).findLast((i) => writes(steps[i]!) && steps[i]!.key === last.key);
    return (write === undefined ? initial : steps[write]!.write) === last.read;
  };
  return orders(view, before, () => true, right);
}

/**
 * Whether some linear extension of `before` on `items` is accepted; one of which
 * a beginning is not right is abandoned there. Nothing is before itself.
 */
function orders(
  items: readonly number[],
  before: boolean[][],
  accept: (order: readonly number[]) => boolean,
  right: (order: readonly number[]) => boolean = () => true,
): boolean {
  if (items.some((i) => before[i]![i])) return false;
  const order: number[] = [];
  const extend = (): boolean => {
    if (order.length === items.length) return accept(order);
    for (const i of items) {
      if (order.includes(i) || items.some((j) => j !== i && before[j]![i]! && !order.includes(j))) continue;
      order.push(i);
      if (right(order) && extend()) return true;
      order.pop();
    }
    return false;
  };
  return extend();
}

function matrix(n: number, at: (a: number, b: number) => boolean): boolean[][] {
  return Array.from({ length: n }, (_, a) => Array.from({ length: n }, (_, b) => at(a, b)));
}

function closure(m: boolean[][]): boolean[][] {
  for (let k = 0; k < m.length; k++) {
    for (let i = 0; i < m.length; i++) {
      if (!m[i]![k]!) continue;
      for (let j = 0; j < m.length; j++) if (m[k]![j]!) m[i]![j]! = true;
    }
  }
  return m;
}
