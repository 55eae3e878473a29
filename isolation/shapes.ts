/**
 * Random rounds: two or three transactions on few rows, which is where anomalies are. Every shape is drawn in several
 * sizes; in most the order of the steps is random and kept, in the others the sessions race each other.
 */
import type { Predicate } from 'elle-ts';
import { wholeBelow } from '../harness/setting/random.ts';
import type { Draft, Kind, Round, Step } from './steps.ts';

/** A number below, from one stream of chance. */
export type Draw = (below: number) => number;

/** A stream of chance for rounds; `uniform` is in [0, 1). */
export function drawOf(uniform: () => number): Draw {
  return (below) => wholeBelow(uniform(), below);
}

interface Shape {
  readonly name: string;
  readonly kind: Kind;
  /** Whether some of its transactions may be rolled back. */
  readonly canAbort: boolean;
  readonly initial?: (draw: Draw) => Readonly<Record<string, number>>;
  readonly drafts: (draw: Draw, next: () => number) => readonly (readonly Step[])[];
}

const ROWS = ['x', 'y', 'z'] as const;

/** Steps on random rows, of which a transaction reads each at most once. */
function mixed(draw: Draw, next: () => number, write: 'w' | 'append', readFirst: boolean): readonly Step[] {
  const rows = ROWS.slice(0, 2 + draw(2));
  const steps: Step[] = [];
  const read = new Set<string>();
  for (let at = 0; at < 2 + draw(3); at++) {
    const row = rows[draw(rows.length)]!;
    const isWrite = draw(2) === 1;
    if ((!isWrite || readFirst) && !read.has(row)) {
      read.add(row);
      steps.push(['r', row]);
    }
    if (isWrite) steps.push([write, row, next()]);
  }
  return steps;
}

const several = (draw: Draw, one: () => readonly Step[]): readonly (readonly Step[])[] =>
  Array.from({ length: 2 + draw(2) }, one);

const PREDICATES: readonly Predicate[] = ['true', ['mod', 3, 0], ['mod', 2, 0], ['range', 0, 20]];

function rowSteps(draw: Draw, next: () => number): readonly Step[] {
  return Array.from({ length: 1 + draw(3) }, (): Step => {
    const row = ['x', 'y', 'z', 'u'][draw(4)]!;
    const kind = draw(6);
    if (kind < 3) return ['rp', PREDICATES[draw(PREDICATES.length)]!];
    if (kind === 3) return ['insert', row, next()];
    return kind === 4 ? ['delete', row] : ['w', row, next()];
  });
}

export const shapes: readonly Shape[] = [
  {
    ...{ name: 'lists', kind: 'list-append', canAbort: true },
    drafts: (draw, next) => several(draw, () => mixed(draw, next, 'append', false)),
  },
  {
    ...{ name: 'registers written blindly', kind: 'rw-register', canAbort: true },
    drafts: (draw, next) => several(draw, () => mixed(draw, next, 'w', false)),
  },
  {
    ...{ name: 'registers read before they are written', kind: 'rw-register', canAbort: true },
    drafts: (draw, next) => several(draw, () => mixed(draw, next, 'w', true)),
  },
  {
    ...{ name: 'write skew', kind: 'rw-register', canAbort: false },
    drafts: (draw, next) =>
      several(draw, () => {
        const [one, other] = draw(2) === 0 ? (['x', 'y'] as const) : (['y', 'x'] as const);
        // biome-ignore format: as it is read
        const reads: Step[] = draw(2) === 0 ? [['r', one]] : [['r', one], ['r', other]];
        return [...reads, ['w', other, next()]];
      }),
  },
  {
    ...{ name: 'long fork', kind: 'list-append', canAbort: false },
    drafts: (_, next) => [
      [['append', 'x', next()]],
      [['append', 'y', next()]],
      [['r', 'x'], ['r', 'y']], // biome-ignore format: as it is read
      [['r', 'y'], ['r', 'x']], // biome-ignore format: as it is read
    ],
  },
  {
    ...{ name: 'bank', kind: 'rw-register', canAbort: true },
    drafts: (draw, next) => [
      ...Array.from({ length: 1 + draw(2) }, (): readonly Step[] => [
        ['r', 'x'],
        ['r', 'y'],
        ['move', 'x', 'y', 1 + draw(9), next()],
      ]),
      [['r', 'x'], ['r', 'y']], // biome-ignore format: as it is read
    ],
  },
  {
    ...{ name: 'rows and predicates', kind: 'predicate-registers', canAbort: true },
    initial: (draw) => ({ x: 1 + draw(30), y: 40 + draw(30) }),
    drafts: (draw, next) => several(draw, () => rowSteps(draw, next)),
  },
];

/** Draws a round of a shape: some transactions are rolled back in the end, and some rounds are a race. */
export function drawRound({ name, kind, canAbort, initial, drafts }: Shape, draw: Draw): Round {
  let value = 100;
  const first = initial?.(draw);
  const steps = drafts(draw, () => ++value);
  const made = steps.map((one, session): Draft => ({ session, steps: one, aborts: canAbort && draw(8) === 0 }));
  return {
    ...{ kind, name, rows: [...ROWS], drafts: made, order: shuffled(made, draw), isScheduled: draw(4) > 0 },
    ...(first ? { initial: first } : {}),
  };
}

/** The steps of all transactions, and their ends, in a random order that keeps each transaction's own. */
function shuffled(drafts: readonly Draft[], draw: Draw): readonly number[] {
  const left = drafts.flatMap(({ steps }, txn) => Array.from({ length: steps.length + 1 }, () => txn));
  for (let at = left.length - 1; at > 0; at--) {
    const other = draw(at + 1);
    [left[at], left[other]] = [left[other]!, left[at]!];
  }
  return left;
}
