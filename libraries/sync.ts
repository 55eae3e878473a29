/** How nodes tell each other of edits: three ways that applications have. */
import type { Node, NodeId } from '../systems/node.ts';
import { bytesOf, textOf } from './document.ts';
import type { Documents } from './storage.ts';

/**
 * `broadcast`: each edit to everybody at once, and what got lost by an exchange now and then. `exchange`: only that.
 * `server`: as broadcast, but all between a node and the first one, which passes on what it gets.
 * `told-once`: each edit to everybody at once, and nothing more.
 */
export type Style = 'broadcast' | 'exchange' | 'server' | 'told-once';

/** How often a node exchanges what is missing with one other, in ms. */
const EXCHANGE_MS = 100;

interface Update {
  readonly key: string;
  readonly update: string;
}
/** What somebody has, by key; and what another had and he has not. */
type Versions = Readonly<Record<string, string>>;
interface Reply {
  readonly missing: readonly Update[];
  readonly versions: Versions;
}

/** What sync needs of a node's documents, once they are open. */
export interface Synced {
  /** An edit of this node's. */
  tell(key: string, update: string): void;
  start(documents: Documents<unknown>): void;
}

export function sync(node: Node, style: Style): Synced {
  const first = [node.id, ...node.peers].sort()[0] as NodeId;
  const partners = style === 'server' && node.id !== first ? [first] : node.peers;
  const tellAll = (update: Update, but?: NodeId) => {
    if (style === 'exchange') return;
    for (const peer of partners) if (peer !== but) node.send(peer, 'update', update);
  };
  return {
    tell: (key, update) => tellAll({ key, update }),
    start(documents) {
      node.on('update', ({ key, update }: Update, from) => {
        take(node, documents, [{ key, update }]);
        if (style === 'server' && node.id === first) tellAll({ key, update }, from);
      });
      node.on(
        'exchange',
        (theirs: Versions): Reply => ({ missing: missingIn(documents, theirs), versions: versionsOf(documents) }),
      );
      node.on('missing', (updates: readonly Update[]) => take(node, documents, updates));
      if (style !== 'told-once') void exchangeNowAndThen(node, partners, documents);
    },
  };
}

/** Demers et al., "Epidemic Algorithms for Replicated Database Maintenance", PODC 1987: push-pull anti-entropy. */
async function exchangeNowAndThen(
  node: Node,
  partners: readonly NodeId[],
  documents: Documents<unknown>,
): Promise<void> {
  for (;;) {
    await node.sleep(EXCHANGE_MS * (0.5 + node.random()));
    const partner = partners[Math.floor(node.random() * partners.length)];
    if (partner === undefined) return;
    const reply = await node
      .call<Reply>(partner, 'exchange', versionsOf(documents), 2 * EXCHANGE_MS)
      .catch(() => undefined);
    if (!reply) continue;
    take(node, documents, reply.missing);
    const theirs = missingIn(documents, reply.versions);
    if (theirs.length > 0) node.send(partner, 'missing', theirs);
  }
}

function versionsOf(documents: Documents<unknown>): Versions {
  return Object.fromEntries(documents.keys().map((key) => [key, textOf(documents.get(key).version())]));
}

function missingIn(documents: Documents<unknown>, theirs: Versions): readonly Update[] {
  return documents.keys().flatMap((key) => {
    const version = theirs[key];
    const update = documents.get(key).since(version === undefined ? undefined : bytesOf(version));
    return update ? [{ key, update: textOf(update) }] : [];
  });
}

/** What a library refuses is left out: it does so where two edits bear one name, which no sound design brings about. */
function take(node: Node, documents: Documents<unknown>, updates: readonly Update[]): void {
  for (const { key, update } of updates) {
    try {
      documents.apply(key, update);
    } catch (error) {
      node.mark('refused-update');
      console.log(`an update of ${key} was refused: ${String(error)}`);
    }
  }
}
