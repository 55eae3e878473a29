/**
 * Identifiers that are given out once, without asking anybody: a node's name, which of its lives this is, and a count
 * within it. The life is counted on disk before the first identifier is given out, so that nothing hangs on clocks.
 *
 * @see Leach, Mealling & Salz, "A Universally Unique IDentifier (UUID) URN Namespace", RFC 4122,
 *   2005: what a clock that steps back, and a generator that restarts, need to be told apart by.
 *
 * Claims unique identifiers under crash, pause and skewed clocks, at
 * every node that runs. It sends no message that a network could lose.
 */
import type { UniqueIds } from 'elle-ts';
import type { Node } from '../node.ts';
import type { Claim } from '../system.ts';
import { type Stepped, stepped } from '../twin.ts';

type Steps = typeof steps;

const steps = {
  /** What gives out the identifiers of one life of a node. Each of the broken twins replaces it (twins.ts). */
  generator(node: Node, life: number): () => string {
    let count = 0;
    return () => `${node.id}/${life}/${++count}`;
  },
};

async function start(node: Node, { generator }: Steps) {
  const life = ((await node.disk.read<number>('life')) ?? 0) + 1;
  await node.disk.write('life', life);
  const next = generator(node, life);
  return { state: { life }, api: { generate: async () => next() } };
}

const claim: Claim = {
  model: 'unique-ids',
  under: ['crash', 'pause', 'clock'],
  available: 'total',
  durable: 'no',
  converges: false,
  recoversMs: 500,
};

export type IdSource = Stepped<UniqueIds, unknown, Steps>;

export const idSource: IdSource = stepped<UniqueIds, unknown, Steps>({
  name: 'unique-ids/sound',
  datatype: 'unique-ids',
  claims: [claim],
  steps,
  startWith: start,
});
