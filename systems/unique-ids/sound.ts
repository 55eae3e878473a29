/**
 * Identifiers that are given out once, without asking anybody: a node's name, which of its lives this is, and a count within it. The life is
 * counted on disk before the first identifier is given out, so that nothing hangs on clocks.
 *
 * @see Leach, Mealling & Salz, "A Universally Unique IDentifier (UUID) URN Namespace", RFC 4122, 2005: what a clock that steps back, and a
 *   generator that restarts, need to be told apart by.
 *
 * Claims unique identifiers under crash, pause and skewed clocks, at every node that runs. It sends no message that a network could lose.
 */
import type { UniqueIds } from 'elle-ts';
import type { Node } from '../node.ts';
import type { Claim, Design } from '../system.ts';

interface Options {
  /** What tells this node's identifiers apart: its lives and a count; the wall clock alone; that and a count within each ms; or a count alone. */
  readonly from: 'lives' | 'clock' | 'clock-and-count' | 'count';
}

async function start(node: Node, { from }: Options) {
  const life = ((await node.disk.read<number>('life')) ?? 0) + 1;
  await node.disk.write('life', life);
  let count = 0;
  let ms = Math.floor(node.now());

  function next(): string {
    if (from === 'lives') return `${node.id}/${life}/${++count}`;
    if (from === 'count') return `${node.id}/${++count}`;
    const now = Math.floor(node.now());
    if (from === 'clock') return `${node.id}/${now}`;
    count = now === ms ? count + 1 : 0;
    ms = now;
    return `${node.id}/${now}/${count}`;
  }

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

function source(name: string, options: Options, flaw?: Design['flaw']): Design<UniqueIds> {
  return {
    name: `unique-ids/${name}`,
    datatype: 'unique-ids',
    claims: [claim],
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, options),
  };
}

export const idSources: readonly Design<UniqueIds>[] = [
  source('sound', { from: 'lives' }),
  source(
    'no-count',
    { from: 'clock' },
    { says: 'an identifier is a node and the time in ms, of which two may share one', anomaly: 'duplicate-id' },
  ),
  source(
    'clock-steps-back',
    { from: 'clock-and-count' },
    { says: 'the count begins anew with every ms, also with one that was there before', anomaly: 'duplicate-id' },
  ),
  source(
    'count-restarts',
    { from: 'count' },
    { says: 'the count begins anew with every life', anomaly: 'duplicate-id' },
  ),
];
