/**
 * Snapshot isolation without one order of commits: each node
 * has its own snapshots, of the commits that it has heard of.
 *
 * @see Sovran, Power, Aguilera & Li, "Transactional Storage for Geo-replicated
 *   Systems", SOSP 2011: parallel snapshot isolation, which allows a long fork.
 */
import { Refused } from '../node.ts';
import type { SnapshotStore, Steps } from './si.ts';
import type { Committed, Rule, Snapshot, Wish } from './status-oracle.ts';

/** `heard` are the transactions whose commit the node knew of. */
interface SiteSnapshot extends Snapshot {
  readonly heard: readonly number[];
}

/** Nobody may overwrite what his snapshot does not show. */
function firstSeenWins(): Rule {
  const last = new Map<string, Committed>();
  return {
    refuse({ start, writes, heard }: Wish & SiteSnapshot) {
      const taken = writes.find((key) => {
        const other = last.get(key);
        return other && (other.commit > start || !heard.includes(other.start));
      });
      if (taken !== undefined) throw new Refused(`${taken} was written meanwhile`, { answer: true });
    },
    note(committed) {
      for (const key of committed.writes) last.set(key, committed);
    },
  };
}

/** The steps of a node in which it differs from `sound`. */
export function parallelSteps({ steps: sound }: SnapshotStore): Partial<Steps> {
  const heard = new Set<number>();
  return {
    rule: firstSeenWins,
    snapshot: (start): SiteSnapshot => ({ at: start, heard: [...heard] }),
    concerned() {
      return [this.node.id, ...this.node.peers];
    },
    ended(ended) {
      sound.ended.call(this, ended);
      if (ended.commit !== null) heard.add(ended.start);
    },
    lastOf(versions, { at, heard: shown }: SiteSnapshot) {
      return sound.lastOf(
        versions.filter(({ start }) => shown.includes(start)),
        { at },
      );
    },
  };
}
