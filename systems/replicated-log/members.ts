/**
 * How a replicated log changes its own members: one by one, each change an entry that counts as soon as a node has it. Any majority before a change
 * and any after it share a node; that holds for one change, so each waits until the one before is committed.
 *
 * @see Ongaro, "Consensus: Bridging Theory and Practice", PhD thesis, Stanford 2014, section 4.1.
 * @see Ongaro, "Bug in Single-Server Membership Changes", raft-dev mailing list, 2015: changes of two leaders overlap, unless a leader first commits
 *   an entry of its own term.
 */
import type { NodeId } from '../node.ts';
import type { Core } from './core.ts';
import type { Payload } from './entries.ts';

/** The change that a leader should write now toward the members that its operator wants; nothing where there is none, or not yet. */
export function nextChange(core: Core, wanted: readonly NodeId[]): Payload | undefined {
  const { leads, log, committed, options } = core;
  if (!leads || log.membersIndex > committed) return undefined;
  if (committed < leads.begin && options.beginsBeforeChange) return undefined;
  const { members } = log;
  const missing = wanted.find((node) => !members.includes(node));
  if (missing !== undefined) return { type: 'members', members: [...members, missing] };
  const left = members.find((node) => !wanted.includes(node));
  if (left === undefined) return undefined;
  return { type: 'members', members: members.filter((node) => node !== left) };
}
