/** Faults that follow each other as no independent draws make them, for bugs that need a story. */
import type { Fault } from '../../harness/faults/fault.ts';
import type { Draw } from '../../workloads/workload.ts';
import type { Cell } from './cell.ts';

const names = ({ nodes }: Cell) => Array.from({ length: nodes }, (_, i) => `n${i + 1}`);

function between(a: readonly string[], b: readonly string[]): Extract<Fault, { kind: 'partition' }>['cut'] {
  return a.flatMap((x) => b.flatMap((y) => [[x, y] as const, [y, x] as const]));
}

/**
 * Two nodes with fast clocks, which win the elections that they are there for, lead
 * in turns: each is cut off while it leads and comes back when the other is. So each
 * keeps what it wrote alone, and leads again with that: figure 8 of the Raft paper.
 */
export function leadersInTurns(draw: Draw, cell: Cell): readonly Fault[] {
  const next = (from: number, to: number) => Math.round(from + (to - from) * draw('scenario'));
  const nodes = names(cell);
  const fast = ['n1', 'n2'];
  const drift = { kind: 'clock', how: 'drift', byMs: 0, rate: 2.5, targets: fast } as const;
  const faults: Fault[] = [{ id: 1, ...drift, fromMs: 0, toMs: cell.durationMs }];
  for (let atMs = next(100, 300), turn = 0; atMs < cell.durationMs - 1000; turn++) {
    const cutMs = atMs + next(150, 300);
    const toMs = cutMs + next(60, 350);
    const leader = fast[turn % 2]!;
    const others = nodes.filter((node) => node !== leader);
    faults.push({ id: faults.length + 1, kind: 'partition', cut: between([leader], others), fromMs: atMs, toMs });
    atMs = cutMs;
  }
  return faults;
}

/**
 * A leader that adds a node is cut off with it; the next one, elected by the rest, is to take out both,
 * and is cut off from one of its voters as soon as it leads. Each has a majority of the members as
 * it knows them, and the two majorities share nobody: the bug of 2015 in changing members one by one.
 */
export function changesApart(draw: Draw, { durationMs }: Cell): readonly Fault[] {
  const next = (from: number, to: number) => Math.round(from + (to - from) * draw('scenario'));
  const cutMs = next(250, 400);
  const backMs = cutMs + next(5, 60);
  const outMs = backMs + next(40, 100);
  const drift = { kind: 'clock', how: 'drift', byMs: 0, rate: 2.5, targets: ['n1', 'n2'] } as const;
  // The first four votes are those for n1, which leads first.
  const vote = { message: 'voted', nth: next(4.5, 8.5), at: 'to' } as const;
  return [
    { id: 1, ...drift, fromMs: 0, toMs: durationMs },
    { id: 2, kind: 'membership', targets: ['n5'], fromMs: 50, toMs: backMs },
    {
      id: 3,
      kind: 'partition',
      cut: between(['n1', 'n5'], ['n2', 'n3', 'n4']),
      fromMs: cutMs,
      toMs: cutMs + next(200, 300),
    },
    { id: 4, kind: 'membership', targets: ['n1', 'n5'], fromMs: outMs, toMs: durationMs },
    {
      id: 5,
      kind: 'partition',
      cut: between(['n1', 'n4', 'n5'], ['n2', 'n3']),
      fromMs: cutMs,
      toMs: cutMs + 700,
      on: vote,
    },
  ];
}

/**
 * The leader of three falls, the other two stand in one term and do not hear each other;
 * it comes back, votes for one of them, falls at once and comes back to the question of the other.
 */
export function voteAsked(draw: Draw, { durationMs }: Cell): readonly Fault[] {
  const next = (from: number, to: number) => Math.round(from + (to - from) * draw('scenario'));
  const crash = { kind: 'crash', targets: ['n1'], disk: 'kept' } as const;
  const fromMs = next(100, 1000);
  // The first two votes are those for n1 itself.
  const vote = { message: 'voted', nth: 3, at: 'from' } as const;
  return [
    { id: 1, kind: 'partition', cut: between(['n2'], ['n3']), fromMs, toMs: durationMs },
    { id: 2, ...crash, fromMs, toMs: fromMs + next(250, 500) },
    { id: 3, ...crash, fromMs: 0, toMs: next(1, 30), on: vote },
  ];
}

/**
 * A node is slow to hear and to be heard. Another promises its ballot, then a later one's, crashes and restarts at
 * once: before the slow one asks for the vote that it was promised.
 */
export function promisedTwice(draw: Draw, { durationMs }: Cell): readonly Fault[] {
  const next = (from: number, to: number) => Math.round(from + (to - from) * draw('scenario'));
  const lateMs = next(8, 50);
  const slow = {
    kind: 'link',
    drop: 0,
    duplicate: 0,
    delayMs: lateMs,
    jitterMs: 0,
    fromMs: 0,
    toMs: durationMs,
  } as const;
  const fromMs = next(0, durationMs);
  return [
    { id: 1, ...slow, among: ['n1', 'n2'] },
    { id: 2, ...slow, among: ['n1', 'n3'] },
    { id: 3, kind: 'crash', targets: ['n2'], disk: 'kept', fromMs, toMs: fromMs + next(2, lateMs) },
  ];
}

/** A node crashes and restarts within milliseconds, again and again, and messages to and from another are late. */
export function oftenDown(draw: Draw, cell: Cell): readonly Fault[] {
  const next = (from: number, to: number) => Math.round(from + (to - from) * draw('scenario'));
  const [down, slow, ...others] = names(cell);
  const everyMs = next(10, 60);
  const faults: Fault[] = others.map((other, i) => ({
    ...{ id: i + 1, kind: 'link', among: [slow!, other], drop: 0, duplicate: 0, delayMs: next(5, 60), jitterMs: 0 },
    ...{ fromMs: 0, toMs: cell.durationMs },
  }));
  for (let fromMs = next(0, everyMs); fromMs < cell.durationMs; fromMs += everyMs)
    faults.push({ id: faults.length + 1, kind: 'crash', targets: [down!], disk: 'kept', fromMs, toMs: fromMs + 3 });
  return faults;
}
