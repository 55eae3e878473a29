/**
 * Runs in a few phases: in each the nodes are divided in another way, others are members, or one is down; a phase
 * begins at some time, or when a message is sent. For bugs that need a story - a leader is cut off with what it has
 * begun, the next begins something else, and each finds a majority of its own - which independent faults hardly tell.
 */
import type { NodeId } from '../../systems/node.ts';
import type { FaultKind, System } from '../../systems/system.ts';
import type { Fault } from '../faults/fault.ts';
import type { Sort } from '../faults/meaning.ts';
import { logUniform, wholeBelow } from '../setting/random.ts';
import { drawPlanned, type Learnt, type Shape, type Strategy } from './strategy.ts';

const SHAPE: Shape = {
  durationMs: [800, 3000],
  calls: [4, 24],
  clients: [2, 5],
  keys: 2,
  nodes: [3, 4, 4, 5],
  faults: {},
  chance: 0,
  paced: true,
};

/** What is wrong in a phase, by the kind of fault that a claim must tolerate. */
const WRONG = {
  partition: (next, nodes) => {
    if (next() < 0.4) return { kind: 'partition', cut: [], isolate: 'primary' };
    const alone = anyOf(next, nodes);
    const sides = nodes.map(() => next() < 0.5);
    const isLeft = new Set(sides).size === 2 ? sides : nodes.map((node) => node === alone);
    const cut = nodes.flatMap((a, i) => nodes.flatMap((b, j) => (isLeft[i] === isLeft[j] ? [] : [[a, b] as const])));
    return { kind: 'partition', cut };
  },
  membership: (next, nodes) => ({ kind: 'membership', targets: [anyOf(next, nodes)] }),
  crash: (next, nodes) => ({ kind: 'crash', targets: [anyOf(next, nodes)], disk: 'kept' }),
} as const satisfies Partial<Record<FaultKind, (next: () => number, nodes: readonly NodeId[]) => Sort<Fault>>>;

/** How likely each is in a phase. */
const CHANCE = { partition: 0.8, membership: 0.8, crash: 0.25 };

const anyOf = (next: () => number, nodes: readonly NodeId[]): NodeId => nodes[wholeBelow(next(), nodes.length)]!;

export const phases: Strategy = {
  name: 'phases',
  says: 'a few phases, each with other partitions, members and crashes',
  fits: ({ claims }) => claims.some(({ under }) => under.includes('partition') || under.includes('membership')),
  // No other strategy has members change in a story.
  turns: ({ claims }) => (claims.some(({ under }) => under.includes('membership')) ? 3 : 1),
  draw(seed, system, workload, learnt) {
    return drawPlanned(SHAPE, seed, system, workload, learnt, (setting, nodes, durationMs) =>
      faultsOf(system, learnt, nodes, durationMs, setting),
    );
  },
};

function faultsOf(
  { claims }: System,
  { kinds }: Learnt,
  nodes: readonly NodeId[],
  durationMs: number,
  setting: (purpose: string) => number,
): readonly Fault[] {
  const next = () => setting('phases');
  const claim = claims[wholeBelow(next(), claims.length)];
  const wrong = (Object.keys(WRONG) as (keyof typeof WRONG)[]).filter((kind) => claim?.under.includes(kind));
  const count = 2 + wholeBelow(next(), 3);
  const messages = [...kinds].sort();
  const faults: Fault[] = [];
  let fromMs = Math.round(logUniform(next(), 50, durationMs / 2));
  for (let phase = 0; phase < count && fromMs < durationMs; phase++) {
    const isLast = phase === count - 1;
    const toMs = isLast ? durationMs : Math.min(durationMs, fromMs + Math.round(logUniform(next(), 3, durationMs / 2)));
    const at = messages.length > 0 && phase > 0 && next() < 0.4 ? onMessage(next, messages) : {};
    for (const kind of wrong) {
      const made = WRONG[kind](next, nodes);
      if (next() >= CHANCE[kind]) continue;
      // What is aimed at nodes would hit whoever sent the message, and is on time in its stead.
      const when = kind === 'partition' ? at : {};
      faults.push({ ...{ id: faults.length + 1, fromMs, toMs }, ...when, ...made } as Fault);
    }
    fromMs = toMs;
  }
  return faults;
}

function onMessage(next: () => number, messages: readonly string[]): Pick<Fault, 'on'> {
  const message = messages[wholeBelow(next(), messages.length)]!;
  return { on: { message, nth: 1 + Math.floor(logUniform(next(), 1, 40)), at: 'to' } };
}
