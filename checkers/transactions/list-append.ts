/**
 * Transactions over lists: `['append', k, v]` and `['r', k, list]`. The longest list read of a key is the order of its
 * versions, every other read must be a prefix of it, and appends that nobody read come after all of it.
 *
 * Lists are compared with the longest as they are met and then forgotten: what stays of a read is its length. Time is
 * linear in the total length of all lists, memory in the number of micro-operations.
 *
 * Source: Kingsbury, Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations" (VLDB 2021).
 */
import type { History } from '../history.ts';
import { ingest, settleConflicts } from './list-draft.ts';
import { numberVersions } from './list-versions.ts';
import type { ListTransactions } from './lists.ts';

/** Reads a history of list transactions. Everything that is wrong in it is a finding or a problem; it never throws. */
export function listsOf(history: History): ListTransactions {
  const draft = ingest(history);
  settleConflicts(draft);
  let versions = 0;
  for (const list of draft.lists) {
    list.base = versions;
    versions += list.longest.length + 1;
  }
  return numberVersions(draft, versions);
}
