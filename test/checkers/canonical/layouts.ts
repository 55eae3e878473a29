/**
 * Every way in which a few operations can lie in time and belong to processes, once each up to the names of both.
 *
 * All that checkers ask of time is which operation ended before which began, an interval order. Each has one
 * drawing in levels: an operation lasts from one level to another, and on each level some begin and some end.
 */

/** How an operation of a drawn history ends. */
export type OutcomeType = 'ok' | 'info' | 'fail';

/** Where operations lie: of each its process, and the places of its two events, in the order of their begins. */
export interface Layout {
  readonly process: readonly number[];
  readonly start: readonly number[];
  readonly end: readonly number[];
}

type Span = readonly [first: number, last: number];

/** All layouts of so many operations. */
export function layoutsOf(count: number): Layout[] {
  return intervalOrders(count).flatMap((spans) => processesOf(spans).map((process) => placed(spans, process)));
}

/** One for each way to share operations among processes, level by level: for models that do not ask for real time. */
export function sessionsOf(count: number): Layout[] {
  return partitions(count, count).map((sizes) =>
    placed(
      sizes.flatMap((size) => Array.from({ length: size }, (_, i): Span => [i, i])),
      sizes.flatMap((size, number) => Array.from({ length: size }, () => number)),
    ),
  );
}

/** The sizes of groups that make up a number, the largest first. */
function partitions(total: number, most: number): number[][] {
  if (total === 0) return [[]];
  return Array.from({ length: Math.min(total, most) }, (_, i) => i + 1).flatMap((size) =>
    partitions(total - size, size).map((rest) => [size, ...rest]),
  );
}

/** All sets of spans whose levels each have a begin and an end: 1, 2, 5, 15, 53 of 1 to 5 (Fishburn's numbers). */
function intervalOrders(count: number): Span[][] {
  const found: Span[][] = [];
  for (let levels = 1; levels <= count; levels++) {
    const spans = Array.from({ length: levels }, (_, first) =>
      Array.from({ length: levels - first }, (__, more): Span => [first, first + more]),
    ).flat();
    const extend = (chosen: readonly Span[], from: number): void => {
      if (chosen.length === count) {
        const every = Array.from({ length: levels }, (_, level) => level);
        const begins = every.every((level) => chosen.some(([first]) => first === level));
        if (begins && every.every((level) => chosen.some(([, last]) => last === level))) found.push([...chosen]);
        return;
      }
      for (let at = from; at < spans.length; at++) extend([...chosen, spans[at] as Span], at);
    };
    extend([], 0);
  }
  return found;
}

/** All assignments to processes, whose operations follow one another; processes are numbered by first use. */
function processesOf(spans: readonly Span[]): number[][] {
  let some: number[][] = [[]];
  for (const [at, [first]] of spans.entries())
    some = some.flatMap((process) => {
      const used = Math.max(-1, ...process) + 1;
      return Array.from({ length: used + 1 }, (_, number) => number)
        .filter((number) => process.every((other, i) => other !== number || (spans[i] as Span)[1] < first))
        .map((number) => [...process, number].slice(0, at + 1));
    });
  return some;
}

function placed(spans: readonly Span[], process: readonly number[]): Layout {
  const start = spans.map(([first], i) => first * 2 * spans.length + i);
  const end = spans.map(([, last], i) => last * 2 * spans.length + spans.length + i);
  return dense({ process, start, end });
}

/** The same with events at 0, 1, 2 and so on. */
function dense({ process, start, end }: Layout): Layout {
  const events = [...start, ...end].sort((a, b) => a - b);
  const place = new Map(events.map((event, at) => [event, at]));
  return { process, start: start.map((e) => place.get(e) as number), end: end.map((e) => place.get(e) as number) };
}

/** All outcomes: a process does nothing more after an `info`. */
export function typesOf({ process }: Layout, types: readonly OutcomeType[]): OutcomeType[][] {
  let some: OutcomeType[][] = [[]];
  for (const [at, number] of process.entries())
    some = some.flatMap((before) =>
      before.some((type, i) => type === 'info' && process[i] === number && i < at)
        ? []
        : types.map((type) => [...before, type]),
    );
  return some;
}
