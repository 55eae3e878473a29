/**
 * Slide 5, "Conflict Resolution Strategies", the custom merge functions: the slide names them
 * and shows none, so this is its resolver with the first merge that comes to mind in its language,
 * `ours + [x for x in theirs if x not in ours]`. Versions travel by anti-entropy, since the slide
 * has no network, and the dict is on disk, so that nothing is lost which the slide would have kept.
 *
 * The slide claims that conflicts are resolved. But this merge is not commutative:
 * each node puts its own items first, and the lists differ for ever.
 */
import type { Elements } from 'elle-ts';
import { antiEntropy } from '../blocks/anti-entropy.ts';
import { durableMap } from '../blocks/durable-map.ts';
import { exclusive } from '../blocks/lock.ts';
import { type Node, Refused } from '../node.ts';
import type { Design } from '../system.ts';

type Item = string | number | boolean | null;
type Lists = Readonly<Record<string, readonly Item[]>>;

const merge = (ours: readonly Item[], theirs: readonly Item[]) => [...ours, ...theirs.filter((x) => !ours.includes(x))];

async function start(node: Node) {
  const versions = await durableMap<readonly Item[]>(node, 'versions');
  const inTurn = exclusive();

  const resolve = (key: string, theirs: readonly Item[]) =>
    inTurn(key, () => versions.set(key, merge(versions.get(key) ?? [], theirs)));

  void antiEntropy<Lists>(
    node,
    100,
    () => versions.entries,
    (theirs) => Promise.all(Object.entries(theirs).map(([key, list]) => resolve(key, list))),
  );

  const refuse = async (): Promise<never> => {
    throw new Refused('the slide only adds');
  };

  return {
    state: versions.entries,
    api: {
      async add(item: Item, key = ''): Promise<null> {
        await resolve(key, [item]);
        return null;
      },
      read: async (_: null, key = ''): Promise<readonly Item[]> => versions.get(key) ?? [],
      remove: refuse,
      contains: refuse,
    },
  };
}

export const slideMerge: Design<Elements> = {
  name: 'conflict-resolution/slide-merge',
  datatype: 'set',
  without: ['remove', 'contains'],
  claims: [
    {
      model: 'g-set',
      under: ['partition', 'link', 'crash', 'pause', 'clock'],
      available: 'total',
      durable: 'always',
      converges: true,
      recoversMs: 1000,
    },
  ],
  flaw: {
    says: 'the merge is not commutative: each node puts its own first',
    anomaly: 'divergence',
    at: '[...ours, ...theirs.filter((x) => !ours.includes(x))]',
  },
  start,
};
