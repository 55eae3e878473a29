/**
 * Last writer wins, by hybrid logical clock: every node answers from its own copy,
 * a write carries a timestamp above all that its node has seen, and of two versions
 * the later one stays. Versions travel at once and, where they are lost, by anti-entropy.
 *
 * @see Thomas, "A Majority Consensus Approach to Concurrency Control for
 * Multiple Copy Databases", ACM TODS 1979: the rule of the last writer.
 * @see Kulkarni et al., "Logical Physical Clocks", OPODIS 2014.
 *
 * Claims replicas that converge and each key causally consistent for clients that stay with their
 * node, under partition, crash, pause, bad links and skewed clocks; every node answers, alone if
 * need be. Of concurrent writes all but one are lost, acknowledged or not: that is the price.
 */
import type { Register, Value } from 'elle-ts';
import { antiEntropy } from '../blocks/anti-entropy.ts';
import { durableMap } from '../blocks/durable-map.ts';
import { compareTimestamps, hybridClock, type Timestamp } from '../blocks/hybrid-clock.ts';
import { exclusive } from '../blocks/lock.ts';
import { onlyForward } from '../blocks/only-forward.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { Claim, Design } from '../system.ts';

interface Version {
  readonly stamp: Timestamp;
  readonly value: Value;
}
type Stored = Readonly<Record<string, Version>>;
type Versions = { readonly from: NodeId; readonly versions: Stored };

const GOSSIP_MS = 100;

interface Options {
  /** Timestamps are the wall clock, whatever this node has seen. */
  readonly wallClock: boolean;
  /** Of two equal times the version that comes last stays. */
  readonly arbitraryTies: boolean;
  /** Nothing is exchanged after the first sending. */
  readonly noAntiEntropy: boolean;
  /**
   * Of two nodes that hear of each other again after a while, one takes over what the other has in place of its own.
   */
  readonly oneSide: boolean;
}

const SOUND: Options = { wallClock: false, arbitraryTies: false, noAntiEntropy: false, oneSide: false };
/** Nodes that have not heard of each other for so long were cut off, as far as they know. */
const CUT_OFF_MS = 400;

/** Starts a replica of the register whose last writer wins. */
async function start(node: Node, options: Options) {
  const versions = await durableMap<Version>(node, 'versions');
  const clock = hybridClock(node);
  for (const { stamp } of Object.values(versions.entries)) clock.witness(stamp);
  const inTurn = exclusive();

  const heardMs = new Map<NodeId, number>();

  const stays = (known: Version | undefined, version: Version, replace: boolean): boolean => {
    if (!known || replace) return false;
    if (options.arbitraryTies && known.stamp[0] === version.stamp[0]) return false;
    return compareTimestamps(known.stamp, version.stamp) >= 0;
  };

  // Readers wait until the version is on disk: what a crash could still undo must not be seen.
  const take = (key: string, version: Version, replace = false) =>
    inTurn(key, async () => {
      clock.witness(version.stamp);
      if (!stays(versions.get(key), version, replace)) await versions.set(key, version);
    });

  const merge = async (theirs: Versions): Promise<void> => {
    const cutOff = node.elapsed() - (heardMs.get(theirs.from) ?? node.elapsed()) > CUT_OFF_MS;
    heardMs.set(theirs.from, node.elapsed());
    // What the other side wrote meanwhile is not even looked at.
    if (options.oneSide && cutOff && theirs.from > node.id) return;
    const replace = options.oneSide && cutOff;
    await Promise.all(Object.entries(theirs.versions).map(([key, version]) => take(key, version, replace)));
  };
  const own = (): Versions => ({ from: node.id, versions: versions.entries });

  node.on('version', ({ key, version }: { key: string; version: Version }) => take(key, version));
  if (!options.noAntiEntropy) void antiEntropy(node, GOSSIP_MS, own, merge);

  return {
    state: versions.entries,
    api: {
      read: (_: null, key = ''): Promise<Value> => inTurn(key, async () => versions.get(key)?.value ?? null),
      async write(value: Value, key = ''): Promise<null> {
        const stamp = options.wallClock ? ([node.now(), 0, node.id] as const) : clock.tick();
        const version: Version = { stamp, value };
        await take(key, version);
        for (const peer of node.peers) node.send(peer, 'version', { key, version });
        return null;
      },
      async cas(): Promise<null> {
        throw new Refused('writers do not wait for each other here: there is no compare-and-set');
      },
    },
  };
}

const common = {
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'total',
  durable: 'no',
  recoversMs: 1000,
} as const;

const claims: readonly Claim[] = [
  { model: 'eventual', converges: true, ...common },
  { model: 'causal-by-key', converges: false, ...common },
];

/** The register whose last writer wins, under any name: other designs build on it. */
export function lastWriterWins(
  name: string,
  options: Partial<Options>,
  flaw?: Design['flaw'],
  promises: readonly Claim[] = claims,
): Design<Register, Stored> {
  return {
    name,
    datatype: 'register',
    without: ['cas'],
    claims: promises,
    ...(flaw ? { flaw } : {}),
    invariants: {
      'timestamps-only-rise': onlyForward(
        'the timestamp',
        (versions: Stored) => versions,
        (older, newer) => compareTimestamps(newer.stamp, older.stamp) < 0,
      ),
    },
    start: (node) => start(node, { ...SOUND, ...options }),
  };
}

export const lastWriterWinsRegisters: readonly Design<Register, Stored>[] = [
  lastWriterWins('conflict-resolution/hlc', {}),
  lastWriterWins(
    'conflict-resolution/wall-clock',
    { wallClock: true },
    {
      says: 'timestamps are wall clocks: a node that is behind acknowledges writes and drops them',
      anomaly: 'causally-stale-read',
      at: 'options.wallClock ? ([node.now(), 0, node.id] as const)',
    },
  ),
  lastWriterWins(
    'conflict-resolution/arbitrary-ties',
    { arbitraryTies: true },
    {
      says: 'of two writes in one millisecond each node keeps the one that reached it last',
      anomaly: 'causally-stale-read',
      at: 'options.arbitraryTies && known.stamp[0] === version.stamp[0]',
    },
  ),
];
