import type { Anomaly, Checker, Columns } from 'elle-ts';
import { FAIL, INFO, OK } from 'elle-ts';
import type { Grant, GuardedLocks } from '../systems/lock/guarded.ts';

/**
 * Whether a run ended in a deadlock that nobody was told of: a cycle of sessions, each of which
 * got a lock that it did not release and that nobody got after it, though somebody asked for
 * it at last, and each of which was never answered when it waited for the next one's. O(n).
 *
 * @see Coffman, Elphick & Shoshani, "System Deadlocks", ACM Computing Surveys 1971.
 */
export const deadlockFree: Checker<GuardedLocks> = {
  name: 'deadlock-free',
  check({ columns }) {
    const holders = holdersAtTheEnd(columns);
    const next = new Map<string, Edge>();
    for (let row = 0; row < columns.length; row++) {
      const session = waiterIn(columns, row);
      const holder = session === undefined ? undefined : holders.get(columns.key[row]!);
      if (session !== undefined && holder) next.set(session, { row, holder });
    }
    const cycle = cycleIn(next);
    return cycle ? { type: 'invalid', anomalies: [tell(columns, cycle)] } : { type: 'valid' };
  },
};

interface Holder {
  readonly session: string;
  readonly row: number;
}
/** A session waits, with the operation in this row, for what the holder has. */
interface Edge {
  readonly row: number;
  readonly holder: Holder;
}

const named = (columns: Columns, row: number) => columns.fNames[columns.f[row]!];
const sessionOf = (grant: unknown) => (grant as Grant | null | undefined)?.session;

/** By key, who got a lock last and never let it go, where a later request that would not wait was not granted. */
function holdersAtTheEnd(columns: Columns): ReadonlyMap<number, Holder> {
  const holders = new Map<number, Holder>();
  const refused = new Set<number>();
  for (let row = 0; row < columns.length; row++) {
    const key = columns.key[row]!;
    const isAcquire = named(columns, row) === 'acquire';
    if (isAcquire && columns.type[row] === OK) {
      holders.set(key, { session: sessionOf(columns.output[row])!, row });
      refused.delete(key);
    } else if (isAcquire) {
      const { wait } = columns.input[row] as { readonly wait: boolean };
      if (!wait && holders.has(key)) refused.add(key);
    } else if (columns.type[row] !== FAIL && named(columns, row) === 'release') {
      const { grant } = columns.input[row] as { readonly grant: Grant | null };
      if (sessionOf(grant) === holders.get(key)?.session) holders.delete(key);
    }
  }
  return new Map([...holders].filter(([key]) => refused.has(key)));
}

/** The session that waited for this operation's lock in vain, and held another. */
function waiterIn(columns: Columns, row: number): string | undefined {
  if (columns.type[row] !== INFO || named(columns, row) !== 'acquire') return undefined;
  const { wait, grant } = columns.input[row] as Parameters<GuardedLocks['acquire']>[0];
  return wait ? sessionOf(grant) : undefined;
}

function cycleIn(next: ReadonlyMap<string, Edge>): readonly Edge[] | undefined {
  for (const start of next.keys()) {
    const way: Edge[] = [];
    const seen = new Set<string>();
    for (let at = start; next.has(at) && !seen.has(at); at = next.get(at)!.holder.session) {
      seen.add(at);
      way.push(next.get(at)!);
    }
    if (way[way.length - 1]?.holder.session === start) return way;
  }
  return undefined;
}

function tell(columns: Columns, cycle: readonly Edge[]): Anomaly {
  const steps = cycle.map(({ row, holder }) => {
    const waiter = sessionOf((columns.input[row] as { readonly grant: Grant | null }).grant);
    return `${waiter} waits for ${columns.keyNames[columns.key[row]!]}, which ${holder.session} has and never lets go.`;
  });
  const operations = cycle.flatMap(({ row, holder }) => [columns.start[row]!, columns.start[holder.row]!]);
  return {
    name: 'deadlock',
    message: `${cycle.length} sessions wait for each other in a cycle, and none of them was told.`,
    steps,
    operations: [...new Set(operations)].sort((a, b) => a - b),
  };
}
