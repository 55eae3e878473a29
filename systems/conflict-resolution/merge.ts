/**
 * The user's own merge: every node adds to its own copy of a shopping cart, and what two nodes
 * have is merged by a function that is associative, commutative and idempotent - of each item
 * the larger quantity. So nodes may exchange carts in any order and any number of times.
 *
 * @see DeCandia et al., "Dynamo: Amazon's Highly Available Key-value Store", SOSP 2007: the shopping cart.
 * @see Shapiro, Preguiça, Baquero & Zawirski, "Conflict-Free
 * Replicated Data Types", SSS 2011: why such merges converge.
 *
 * Claims that no acknowledged item is lost and that replicas converge, under partition, crash,
 * pause, bad links and skewed clocks, available everywhere. Nothing can be taken out again.
 */
import type { Elements } from 'elle-ts';
import { antiEntropy } from '../blocks/anti-entropy.ts';
import { durableMap } from '../blocks/durable-map.ts';
import { exclusive } from '../blocks/lock.ts';
import { type Node, Refused } from '../node.ts';
import type { Design } from '../system.ts';

type Item = string | number | boolean | null;
/** Quantities by item, as JSON. */
type Cart = Readonly<Record<string, number>>;
type Carts = Readonly<Record<string, Cart>>;
type Merge = (ours: Cart, theirs: Cart) => Cart;

const GOSSIP_MS = 100;

async function start(node: Node, merge: Merge) {
  const carts = await durableMap<Cart>(node, 'carts');
  const inTurn = exclusive();

  const change = (key: string, changed: (cart: Cart) => Cart) =>
    inTurn(key, () => carts.set(key, changed(carts.get(key) ?? {})));

  const take = (theirs: Carts) =>
    Promise.all(Object.entries(theirs).map(([key, cart]) => change(key, (ours) => merge(ours, cart))));
  void antiEntropy<Carts>(node, GOSSIP_MS, () => carts.entries, take);

  const refuse = async (): Promise<never> => {
    throw new Refused('a cart only grows');
  };

  return {
    state: carts.entries,
    api: {
      async add(item: Item, key = ''): Promise<null> {
        await change(key, (cart) => ({ ...cart, [JSON.stringify(item)]: 1 }));
        return null;
      },
      // Readers wait for the disk: what a crash could still undo must not be seen.
      read: (_: null, key = ''): Promise<readonly Item[]> =>
        inTurn(key, async () => Object.keys(carts.get(key) ?? {}).map((item) => JSON.parse(item) as Item)),
      remove: refuse,
      contains: refuse,
    },
  };
}

const larger: Merge = (ours, theirs) => {
  const both: Record<string, number> = { ...ours };
  for (const [item, quantity] of Object.entries(theirs)) both[item] = Math.max(both[item] ?? 0, quantity);
  return both;
};

const sum: Merge = (ours, theirs) => {
  const both: Record<string, number> = { ...ours };
  for (const [item, quantity] of Object.entries(theirs)) both[item] = (both[item] ?? 0) + quantity;
  return both;
};

/** Whoever hears of a cart takes it for the newer one. */
const theirs: Merge = (_, other) => other;

function cart(name: string, merge: Merge, flaw?: Design['flaw']): Design<Elements> {
  return {
    name: `conflict-resolution/${name}`,
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
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, merge),
  };
}

export const carts: readonly Design<Elements>[] = [
  cart('merge', larger),
  cart('merge-not-idempotent', sum, {
    says: 'quantities are added up, so what is exchanged twice counts twice',
    anomaly: 'divergence',
    at: 'both[item] = (both[item] ?? 0) + quantity;',
  }),
  cart('merge-not-commutative', theirs, {
    says: 'the other cart is taken for the newer one, so it matters who hears of whom first',
    anomaly: 'lost',
    at: 'const theirs: Merge = (_, other) => other;',
  }),
];
