/**
 * Finds a few operations of a register that no order explains, among many that write few values again and again.
 *
 * Some reads and swaps are kept as observers, with every write that one of them may have found. Of the other operations
 * any may be left out: a right order stays right without a read, and without a write that no observer found: nobody
 * sees the difference. A write may have been found by an observer of its value unless it began after that had ended, or
 * another write began after it had ended, and ended before the observer began. Of the writes of a value that never
 * returned, no more are of use than the value has observers, and those that began first serve best. A swap that is kept
 * but is no observer counts as a write. So what is impossible here is so in the whole history.
 */
import { NEVER_COLUMN } from '../history.ts';
import { countBelow } from './bounds.ts';
import type { Budget } from './budget.ts';
import { fewer, impossible, part, places } from './problem-part.ts';
import type { Flow, Problem } from './search-problem.ts';

/** The most observers that are tried to begin with. */
const MOST_OBSERVERS = 256;
/** How often what remains is made smaller again. */
const ROUNDS = 3;

/** The operations that leave one value, in the order of their starts. */
interface Writers {
  readonly all: readonly number[];
  readonly answered: readonly number[];
  /** Of each of `answered` its start, and the latest end of those up to it. */
  readonly starts: readonly number[];
  readonly latestEnds: readonly number[];
  readonly unanswered: readonly number[];
}

/** A problem of a register whose operations say what they need and make. */
interface Register {
  readonly problem: Problem;
  readonly flow: Flow;
  readonly writers: ReadonlyMap<number, Writers>;
  /** When the operation began that began last of those that changed the state and ended before this time; -1: none. */
  readonly begunBefore: (time: number) => number;
}

/** What is kept: those whose observation counts, and writes that none of them need have found. */
interface Kept {
  readonly observers: readonly number[];
  readonly others: readonly number[];
}

/**
 * A part of the problem, of few operations, that is impossible, and for the same reason in the whole problem: the
 * latest observers that show it. Swaps in it that are no observers are writes; the same operations are impossible, too,
 * with them as swaps. Nothing where no such part is found, as where refused swaps are a part of the reason.
 */
export function closelySeen(problem: Problem, budget: Budget): Problem | undefined {
  const { flow } = problem;
  if (!flow) return undefined;
  const register = registerOf(problem, flow);
  const window = firstImpossible(register, budget);
  return window && standingAlone(register, smallest(register, window, budget), budget);
}

function registerOf(problem: Problem, flow: Flow): Register {
  const { pure, class: of, start, end } = problem;
  const changing = places(problem).filter((i) => pure[i] === 0);
  const byValue = new Map<number, number[]>();
  for (const i of changing) {
    const known = byValue.get(flow.makes[of[i]]);
    if (known) known.push(i);
    else byValue.set(flow.makes[of[i]], [i]);
  }
  const writers = new Map([...byValue].map(([value, all]) => [value, writersOf(problem, all)]));
  const ended = changing.filter((i) => end[i] !== NEVER_COLUMN).sort((a, b) => end[a] - end[b]);
  let latest = -1;
  const latestStart = ended.map((i) => {
    latest = Math.max(latest, start[i]);
    return latest;
  });
  const ends = ended.map((i) => end[i]);
  return { problem, flow, writers, begunBefore: (time) => latestStart[countBelow(ends, time) - 1] ?? -1 };
}

function writersOf({ start, end }: Problem, all: readonly number[]): Writers {
  const answered = all.filter((i) => end[i] !== NEVER_COLUMN);
  let latest = -1;
  const latestEnds = answered.map((i) => {
    latest = Math.max(latest, end[i]);
    return latest;
  });
  const starts = answered.map((i) => start[i]);
  return { all, answered, starts, latestEnds, unanswered: all.filter((i) => end[i] === NEVER_COLUMN) };
}

/** What an operation needs to find, or -1. */
function needOf({ problem, flow }: Register, i: number): number {
  return flow.needs[problem.class[i]];
}

/** The writes that this operation may have found. Time of their number, and those of the value that end about then. */
function sourcesOf(register: Register, observer: number): readonly number[] {
  const { start, end } = register.problem;
  const writers = register.writers.get(needOf(register, observer));
  if (!writers) return [];
  const since = register.begunBefore(start[observer]);
  const found: number[] = [];
  for (const i of writers.unanswered) if (start[i] < end[observer]) found.push(i);
  const { answered, latestEnds } = writers;
  let at = countBelow(writers.starts, end[observer]) - 1;
  for (; at >= 0 && latestEnds[at] >= since; at--) if (end[answered[at]] >= since) found.push(answered[at]);
  return found.filter((i) => i !== observer).sort((a, b) => a - b);
}

/** Twice as many observers each time, the latest first, until they and what is around them are impossible. */
function firstImpossible(register: Register, budget: Budget): Kept | undefined {
  const { start, end } = register.problem;
  const all = places(register.problem)
    .filter((i) => needOf(register, i) >= 0 && end[i] !== NEVER_COLUMN)
    .sort((a, b) => end[b] - end[a]);
  const alone = all.find((i) => hasNoSource(register, i));
  if (alone !== undefined) return { observers: [alone], others: overwritten(register, alone) };
  for (let size = 1; size <= MOST_OBSERVERS && budget.left(0); size *= 2) {
    const observers = all.slice(0, size);
    const found = observers.flatMap((i) => [start[i], ...sourcesOf(register, i).map((source) => end[source])]);
    const kept = {
      observers,
      others: writesSince(
        register,
        found.reduce((first, time) => Math.min(first, time), NEVER_COLUMN),
      ),
    };
    if (standingAlone(register, kept, budget)) return kept;
    if (size >= all.length) return undefined;
  }
  return undefined;
}

/** The writes that this operation may have found, or else all of its value that began before it ended. */
function sourcesOrEarlier(register: Register, observer: number): readonly number[] {
  const sources = sourcesOf(register, observer);
  if (sources.length > 0) return sources;
  const { start, end } = register.problem;
  return (register.writers.get(needOf(register, observer))?.all ?? []).filter((i) => start[i] < end[observer]);
}

/** Whether something wrote what this found, but nothing that it can have found. */
function hasNoSource(register: Register, i: number): boolean {
  const { start, end, spec } = register.problem;
  const value = needOf(register, i);
  if (sourcesOf(register, i).length > 0) return false;
  if (spec.initial.includes(value)) return register.begunBefore(start[i]) >= 0;
  return register.writers.get(value)?.all.some((writer) => start[writer] < end[i]) ?? false;
}

/** The write of its value that ended last, if any, and the write that began after it and ended before this began. */
function overwritten(register: Register, observer: number): readonly number[] {
  const { start, end } = register.problem;
  const sources = sourcesOrEarlier(register, observer);
  const plainFirst = (i: number, j: number) => Number(needOf(register, i) >= 0) - Number(needOf(register, j) >= 0);
  const [source] = [...sources].sort((i, j) => plainFirst(i, j) || end[j] - end[i]);
  const gone = source === undefined ? -1 : end[source];
  const between = [...register.writers.values()]
    .flatMap(({ all }) => all)
    .filter((i) => start[i] > gone && end[i] < start[observer]);
  const [over] = between.sort((i, j) => plainFirst(i, j) || start[j] - start[i]);
  return source === undefined ? [over] : [source, over];
}

/** What changed the state, returned, and did not end before this time. */
function writesSince({ problem, writers }: Register, time: number): readonly number[] {
  return [...writers.values()].flatMap(({ answered }) => answered).filter((i) => problem.end[i] >= time);
}

/** Leaves out observers and other writes for as long as that succeeds. */
function smallest(register: Register, window: Kept, budget: Budget): Kept {
  const { end } = register.problem;
  let kept = window;
  const isAllowed = () => budget.left(0);
  const isProof = (some: Kept) => some.observers.length > 0 && standingAlone(register, some, budget) !== undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const before = kept.observers.length + kept.others.length;
    // What an observer may have found is of use to others, too, when that one is left out.
    const found = kept.observers.flatMap((i) => sourcesOf(register, i)).filter((i) => end[i] !== NEVER_COLUMN);
    const others = [...new Set([...kept.others, ...found])];
    const observers = fewer(kept.observers, (some) => isProof({ observers: some, others }), isAllowed);
    kept = { observers, others: fewer(others, (some) => isProof({ observers, others: some }), isAllowed) };
    if (kept.observers.length + kept.others.length === before) break;
  }
  return kept;
}

/** The places that are kept, in order: the observers, what they may have found, and the others. */
function allOf(register: Register, { observers, others }: Kept): readonly number[] {
  const { start, end } = register.problem;
  const all = new Set([...observers, ...others]);
  const unanswered = new Map<number, Set<number>>();
  const wanted = new Map<number, number>();
  for (const observer of observers) {
    const value = needOf(register, observer);
    wanted.set(value, (wanted.get(value) ?? 0) + 1);
    for (const i of sourcesOf(register, observer)) {
      if (end[i] !== NEVER_COLUMN) all.add(i);
      else unanswered.set(value, (unanswered.get(value) ?? new Set()).add(i));
    }
  }
  for (const [value, some] of unanswered) {
    const first = [...some].sort((a, b) => start[a] - start[b]).slice(0, wanted.get(value));
    for (const i of first) all.add(i);
  }
  return [...all].sort((a, b) => start[a] - start[b]);
}

/** The part of the problem that is kept, in which swaps that are no observers are writes. */
function blanked(register: Register, kept: Kept): Problem {
  const { problem, flow } = register;
  const { spec } = problem;
  const observers = new Set(kept.observers);
  const places = allOf(register, kept);
  const classes = flow.needs.length;
  const left: number[] = [];
  const some = part(problem, places);
  places.forEach((i, at) => {
    if (needOf(register, i) < 0 || observers.has(i)) return;
    const value = flow.makes[problem.class[i]];
    if (!left.includes(value)) left.push(value);
    some.class[at] = classes + left.indexOf(value);
  });
  if (left.length === 0) return some;
  // Its values are not all that there were, nor joined by the same swaps.
  const { group: _, ...apart } = some;
  return {
    ...apart,
    flow: {
      needs: Int32Array.of(...flow.needs, ...left.map(() => -1)),
      makes: Int32Array.of(...flow.makes, ...left),
    },
    spec: { ...spec, step: (state, of) => (of < classes ? spec.step(state, of) : left[of - classes]) },
  };
}

/**
 * The part that is kept with, for each swap in it, a write that it may have found, so that nothing
 * finds what nobody wrote; nothing where the rest is possible with these.
 */
function standingAlone(register: Register, kept: Kept, budget: Budget): Problem | undefined {
  if (!impossible(blanked(register, kept), budget)) return undefined;
  const { problem } = register;
  const all = new Set(allOf(register, kept));
  const added: number[] = [];
  // What is added meanwhile is looked at, too.
  for (const i of all) {
    if (needOf(register, i) < 0 || problem.spec.initial.includes(needOf(register, i))) continue;
    const sources = sourcesOrEarlier(register, i);
    if (sources.some((source) => all.has(source) && needOf(register, source) < 0)) continue;
    const source = sources.findLast((one) => needOf(register, one) < 0) ?? sources.at(-1);
    if (source === undefined) return undefined;
    all.add(source);
    added.push(source);
  }
  const others = [...kept.others, ...added];
  const asTheyAre = part(
    problem,
    [...all].sort((a, b) => problem.start[a] - problem.start[b]),
  );
  const whole = blanked(register, { observers: kept.observers, others });
  if (!impossible(whole, budget) || !impossible(asTheyAre, budget)) return undefined;
  // Where all that the swaps may have found is there, too, they are observers as well.
  const swaps = [...all].filter((i) => needOf(register, i) >= 0);
  const isClosed = allOf(register, { observers: [...kept.observers, ...swaps], others }).length === all.size;
  return isClosed && swaps.every((i) => problem.end[i] !== NEVER_COLUMN) ? asTheyAre : whole;
}
