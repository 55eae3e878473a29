/**
 * Turns the end of a failed search into an anomaly: as few operations as possible that no order explains, and why.
 *
 * What is left out, and why the rest still proves the history wrong:
 * - All that began after the fatal return; what was then still open may or may not have taken effect.
 * - What had returned some time before, in exchange for all the states that were possible by then.
 *   What was open then may have taken effect before, or later, or not: more than the truth allows.
 * - Reads and refusals, which change nothing. A right order without them is right if it is right with them.
 * - All operations on a value of a register, or on values joined by swaps: without them any
 *   right order is still right, unless a refused swap found one of these values. So refusals are
 *   left out first, and for those that remain only values that surely were not there meanwhile.
 * Every step is searched again, and the smallest part that is still impossible is shown. Where values of
 * registers repeat, a few reads and what they may have found are tried first (explain-window.ts).
 */
import type { Anomaly } from '../checker.ts';
import { type Columns, FAIL, NEVER_COLUMN } from '../history.ts';
import { Budget } from './budget.ts';
import { withSources, withWriters } from './explain-sources.ts';
import { asZones } from './explain-unique.ts';
import { closelySeen } from './explain-window.ts';
import { fewer, impossible, part, places } from './problem-part.ts';
import { quickSearch } from './search.ts';
import type { Impossible } from './search-outcome.ts';
import { searchPlan } from './search-plan.ts';
import type { Problem } from './search-problem.ts';
import { phraseWithKey, placed, show } from './words.ts';

const NAME = 'non-linearizable';
/** What shrinking may use in all. */
const STEPS = 400_000;
const BYTES = 400_000_000;
/** Beyond this many refusals, they are not compared with what might be left out. */
const MANY = 1000;
/** The most operations that a person will look at. */
const FEW = 8;

/** The anomaly of a search that found no order for the operations up to the return of one of them. */
export function explainSearch(columns: Columns, problem: Problem, found: Impossible): Anomaly {
  const budget = new Budget(problem.flow ? 10 * STEPS : STEPS, BYTES);
  // With pruning the search may have stopped early: then what came later is a part of the proof.
  const early = until(problem, found.operation);
  const prefix = problem.flow && !impossible(early, budget) ? problem : early;
  const close = closelySeen(prefix, new Budget(STEPS, BYTES));
  if (close && close.length <= FEW) return inWordsOf(columns, problem, close, close, found);
  const plain = prefix.length <= FEW ? undefined : afterCut(prefix, problem.row[found.operation], found, budget);
  const cut = plain && shrunk(plain, budget);
  const whole = narrowed(shrunk(prefix, budget), budget);
  if (close && close.length <= whole.length) return inWordsOf(columns, problem, close, close, found);
  const small = cut && whole.length > FEW && cut.length < whole.length ? cut : whole;
  return inWordsOf(columns, problem, small, whole, found);
}

/** The words for `small`, with all operations of `whole`, which proves it. */
function inWordsOf(columns: Columns, problem: Problem, small: Problem, whole: Problem, found: Impossible): Anomaly {
  const told = inWords(columns, problem, small, found);
  return told.name === NAME ? standing(columns, problem, whole, told) : told;
}

/**
 * The anomaly with all operations that prove it, although its
 * sentences name fewer, and with what came too late to explain it.
 */
function standing(columns: Columns, problem: Problem, { row }: Problem, told: Anomaly): Anomaly {
  const rows = [...row];
  const all = problem.group
    ? withWriters(columns, rows, problem.spec.state(problem.spec.initial[0]))
    : withSources(columns, rows);
  const late = all.filter((one) => !rows.includes(one));
  const steps = late.map(
    (one) =>
      `what could explain it ${columns.type[one] === FAIL ? 'failed' : 'came too late'}: ${placed(columns, one)}`,
  );
  return { ...told, steps: [...told.steps, ...steps], operations: all.map((one) => columns.start[one]) };
}

/** The same up to where a search without pruning ends, which may be earlier. */
function narrowed(problem: Problem, budget: Budget): Problem {
  const { flow: _, ...blind } = problem;
  const end = budget.left(0) ? quickSearch(searchPlan(blind), budget) : undefined;
  if (end?.type !== 'invalid') return problem;
  const early = until(problem, end.operation);
  return impossible(early, budget) ? shrunk(early, budget) : problem;
}

/** The operations that began before this one returned, those still open then being optional. */
function until(problem: Problem, operation: number): Problem {
  const last = problem.end[operation];
  const kept = places(problem).filter(
    (i) => problem.start[i] < last && !(problem.end[i] > last && problem.pure[i] === 1),
  );
  return part(problem, kept, (i) => (problem.end[i] > last ? NEVER_COLUMN : problem.end[i]));
}

/**
 * The operations around the fatal one alone, from the states that were
 * possible shortly before; the latest cut that still proves it.
 */
function afterCut(prefix: Problem, row: number, found: Impossible, budget: Budget): Problem | undefined {
  const plan = searchPlan(prefix);
  const last = places(prefix).find((i) => prefix.row[i] === row) as number;
  for (const [r, states] of [...found.before].sort(([a], [b]) => b - a)) {
    const time = r === 0 ? -1 : prefix.end[plan.returning[r - 1]];
    if (time > prefix.start[last]) continue;
    const kept = places(prefix).filter(
      (i) => prefix.end[i] > time && !(prefix.start[i] < time && prefix.pure[i] === 1),
    );
    const after = part(prefix, kept, (i) => (prefix.start[i] < time ? NEVER_COLUMN : prefix.end[i]), states);
    if (impossible(after, budget)) return after;
  }
  return undefined;
}

/**
 * Leaves out whole values and reads, larger heaps first, as long as what
 * remains is impossible. Nothing where that is hard to see to begin with.
 */
function shrunk(problem: Problem, budget: Budget): Problem {
  if (!impossible(problem, budget)) return problem;
  const bare = without(
    problem,
    refusals(problem).map((i) => [i]),
    budget,
  );
  const smaller = without(bare, heapsToLeaveOut(bare), budget);
  const reads = places(smaller).filter((i) => smaller.pure[i] === 1);
  return withoutUnseen(
    without(
      smaller,
      reads.map((i) => [i]),
      budget,
    ),
    budget,
  );
}

/**
 * Leaves out writes and swaps that need not have taken effect and
 * whose value nobody needs, unless a refused swap may have found it.
 */
function withoutUnseen(problem: Problem, budget: Budget): Problem {
  const { flow, class: of, pure, end } = problem;
  if (!flow || refusals(problem).length > 0) return problem;
  for (let kept = places(problem); ; ) {
    const needed = new Set(kept.map((i) => flow.needs[of[i]]));
    const seen = kept.filter((i) => pure[i] === 1 || end[i] !== NEVER_COLUMN || needed.has(flow.makes[of[i]]));
    if (seen.length < kept.length) {
      kept = seen;
      continue;
    }
    const fewer = part(problem, kept);
    return kept.length < problem.length && impossible(fewer, budget) ? fewer : problem;
  }
}

/** The swaps that were refused. Only where values are known to be swapped. */
function refusals({ length, pure, flow, class: of }: Problem): number[] {
  const found: number[] = [];
  for (let i = 0; flow && i < length; i++) if (pure[i] === 1 && flow.needs[of[i]] < 0) found.push(i);
  return found;
}

/**
 * The operations on each value that can be left out with all
 * of them: none of it can have been what a refused swap found.
 */
function heapsToLeaveOut(problem: Problem): readonly (readonly number[])[] {
  const { group, pure, start, end } = problem;
  if (!group || refusals(problem).length > MANY) return [];
  const heaps = new Map<number, number[]>();
  for (const i of places(problem)) {
    const heap = heaps.get(group[i]);
    if (heap) heap.push(i);
    else heaps.set(group[i], [i]);
  }
  // What had ended before the latest write began that had itself ended before the refusal began was gone by then.
  const writers = places(problem).filter((i) => pure[i] === 0);
  const spans = refusals(problem).map((refused) => {
    const since = writers.reduce((latest, i) => (end[i] < start[refused] ? Math.max(latest, start[i]) : latest), -1);
    return { group: group[refused], end: end[refused], since };
  });
  return [...heaps].flatMap(([name, heap]) => {
    const writes = heap.filter((i) => pure[i] === 0);
    const from = writes.reduce((earliest, i) => Math.min(earliest, start[i]), NEVER_COLUMN);
    const to = writes.reduce((latest, i) => Math.max(latest, end[i]), -1);
    return spans.every((span) => span.group === name || to < span.since || from > span.end) ? [heap] : [];
  });
}

/** Leaves out heaps of operations as long as what remains is impossible. */
function without(problem: Problem, heaps: readonly (readonly number[])[], budget: Budget): Problem {
  const others = new Set(places(problem));
  for (const i of heaps.flat()) others.delete(i);
  const rest = (kept: readonly (readonly number[])[]) => {
    const all = new Set([...others, ...kept.flat()]);
    return part(
      problem,
      places(problem).filter((i) => all.has(i)),
    );
  };
  return rest(
    fewer(
      heaps,
      (kept) => impossible(rest(kept), budget),
      () => budget.left(0),
    ),
  );
}

/** The words for what is left. Where it is a matter of unique values after all, the zones explain it best. */
function inWords(columns: Columns, problem: Problem, small: Problem, found: Impossible): Anomaly {
  const fromStart = small.spec.initial === problem.spec.initial;
  if (small.group && fromStart) {
    // What had not returned by then may have found what was written later.
    const certain = [...small.row].filter((_, i) => small.end[i] !== NEVER_COLUMN);
    const [simple] = asZones(columns, [...small.row], certain, problem.spec.state(problem.spec.initial[0]));
    if (simple) return simple;
  }
  const { flow: _, ...blind } = small;
  const again = quickSearch(searchPlan(blind), new Budget(STEPS, BYTES));
  const end = again.type === 'invalid' ? again : found;
  const last = (again.type === 'invalid' ? small : problem).row[end.operation];
  const states = (end.before.get(end.at) ?? []).map((state) => show(problem.spec.state(state)));
  const given = small.spec.initial.map((state) => show(problem.spec.state(state)));
  const rows = [...small.row].sort((a, b) => columns.end[a] - columns.end[b]);
  return {
    name: NAME,
    message: `${phraseWithKey(columns, last)}, which no order of the operations explains`,
    steps: [
      fromStart
        ? `at first the state is ${list(given)}`
        : `when operation ${columns.start[rows[0]]} began or before, every order so far that can be completed left one of these states: ${list(given)}`,
      ...rows.slice(0, 12).map((row) => placed(columns, row)),
      ...(rows.length > 12 ? [`and ${rows.length - 12} more operations`] : []),
      `whatever their order, the state when this returned was ${states.length === 1 ? `${states[0]}, which does not allow it` : `one of ${list(states)}, and none of them allows it`}: ${placed(columns, last)}`,
    ],
    operations: [...small.row].map((row) => columns.start[row]),
  };
}

function list(texts: readonly string[]): string {
  const shown = texts.slice(0, 6).join(', ');
  return texts.length > 6 ? `${shown} and ${texts.length - 6} more` : shown;
}
