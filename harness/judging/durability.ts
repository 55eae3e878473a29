/** Which verdict says whether what a claim calls durable survived. */
import { nameOf, type Verdict } from 'elle-ts';
import type { Claim } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';

/** Datatypes that keep nothing which could be lost, and why: a claim of durability says nothing of them. */
const NOTHING_TO_LOSE: Readonly<Record<string, string>> = {
  'lease-lock': 'a lease ends by itself, and what it guards is judged by its own checkers',
  'unique-ids': 'an identifier is kept by the client that asked for it',
  cache: 'a cache may forget whatever it holds',
};

/** Models that order transactions by real time: a write that began after another had ended came later. */
const REAL_TIME: readonly string[] = ['strict-serializable', 'strong-snapshot-isolation'];

/** The names that checkers of durability have. */
const DURABILITY = { anyOrder: 'lost-writes', realTime: 'lost-writes-in-real-time' } as const;

/** The names of the checkers that a claim's durability is judged by. */
export function durabilityCheckers({ durable }: Claim): readonly string[] {
  return durable === 'no' ? [] : Object.values(DURABILITY);
}

/** The verdict on a claim's durability; nothing where it promises none, or there is nothing to lose. */
export function judgeDurability(
  { durable, model }: Claim,
  workload: Pick<Workload, 'name' | 'datatype'>,
  checkers: Readonly<Record<string, Verdict>>,
): Verdict | undefined {
  if (durable === 'no' || NOTHING_TO_LOSE[nameOf(workload.datatype)] !== undefined) return undefined;
  const exact = REAL_TIME.includes(model) ? checkers[DURABILITY.realTime] : undefined;
  const reason = `${workload.name} has no checker for durability, which is claimed`;
  return exact ?? checkers[DURABILITY.anyOrder] ?? { type: 'unknown', reason };
}
