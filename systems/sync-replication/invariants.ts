import { onlyForward } from '../blocks/only-forward.ts';
import type { NodeId } from '../node.ts';
import type { Invariant } from '../system.ts';
import { type Entries, isNewer } from './server.ts';

/** What is seen of a server. */
export interface State {
  readonly promised: number;
  readonly leads: { readonly view: number; readonly members: readonly NodeId[]; readonly applied: Entries } | null;
  readonly entries: Entries;
}

/** Who leads the newest view. */
export function newestPrimary(states: ReadonlyMap<NodeId, State>): NodeId | undefined {
  return leaders(states).sort(([, a], [, b]) => b.view - a.view)[0]?.[0];
}

function leaders(states: ReadonlyMap<NodeId, State>): [NodeId, NonNullable<State['leads']>][] {
  return [...states].flatMap(([id, { leads }]) => (leads ? [[id, leads] as [NodeId, typeof leads]] : []));
}

const onePrimaryAView: Invariant<State> = (states) => {
  for (const [id, { leads }] of states)
    for (const [other, { leads: others }] of states)
      if (leads && others && id !== other && leads.view === others.view)
        return `${id} and ${other} both lead view ${leads.view}.`;
  return undefined;
};

const acknowledgedAtEveryMember: Invariant<State> = (states) => {
  for (const [primary, { leads }] of states) {
    for (const member of leads?.members ?? []) {
      const entries = states.get(member)?.entries;
      if (!leads || !entries) continue;
      for (const key in leads.applied) {
        const copy = entries[key];
        if (!copy || isNewer(leads.applied[key]!.stamp, copy.stamp))
          return `${primary} applied ${key} in view ${leads.view}, but its member ${member} does not have it.`;
      }
    }
  }
  return undefined;
};

export const invariants: Readonly<Record<string, Invariant<State>>> = {
  'one-primary-a-view': onePrimaryAView,
  'acknowledged-at-every-member': acknowledgedAtEveryMember,
  'promises-only-rise': onlyForward(
    'the view',
    ({ promised }: State) => ({ promise: promised }),
    (older, newer) => newer < older,
  ),
};
