/** Reads, writes and compare-and-sets of the primary-backup protocol, within one view. */
import { durableMap } from '../blocks/durable-map.ts';
import { majority } from '../blocks/majority.ts';
import { InDoubt, type NodeId, Refused } from '../node.ts';
import { type Entry, isNewer, type Operations, type Server } from './server.ts';

export const operations: Operations = {
  openEntries: (node) => durableMap(node, 'entries'),

  async read(key) {
    if (this.leads) return this.readHere(key);
    return this.node.call(primaryOf(this), 'read', { key });
  },

  async update(update) {
    if (this.leads) await this.updateHere(update);
    else await this.once.call(primaryOf(this), 'update', update);
  },

  async readHere(key) {
    const { leads } = this;
    if (!leads) throw new Refused('not the primary');
    const value = leads.applied[key]?.value ?? null;
    await this.confirmed(leads);
    return value;
  },

  async updateHere({ key, value, old }) {
    const { leads } = this;
    if (!leads) throw new Refused('not the primary');
    await leads.inTurn(key, async () => {
      if (this.leads !== leads) throw new Refused('not the primary any more');
      if (old !== undefined && (leads.applied[key]?.value ?? null) !== old) {
        // A primary that was replaced does not know what is there now.
        await this.confirmed(leads);
        throw new Refused('mismatch', { answer: true });
      }
      const entry: Entry = { stamp: [leads.view, ++leads.operations], value };
      await this.acknowledged(leads.members.map((member) => this.copy(leads, member, key, entry)));
      leads.applied[key] = entry;
    });
  },

  // Those who wait share the next round.
  async confirmed(leads) {
    const running = leads.confirming;
    if (running) await running.catch(() => undefined);
    if (leads.confirming === running) {
      const own = () => this.confirm(leads.view);
      leads.confirming = majority(this.node, 'confirm', { view: leads.view }, own);
    }
    await leads.confirming;
  },

  confirm(view) {
    if (this.promised > view) throw new Refused(`promised view ${this.promised}`);
    return true;
  },

  acknowledged: (copies) => Promise.all(copies),

  async copy(leads, member, key, entry) {
    if (member === this.node.id) return this.keep(key, entry);
    for (let timeoutMs = 120; this.leads === leads; timeoutMs *= 2) {
      const message = { view: leads.view, key, entry };
      const refused = await this.node.call(member, 'store', message, timeoutMs).then(
        () => 'stored',
        (error: unknown) => error instanceof Refused,
      );
      if (refused === 'stored') return;
      if (refused && this.leads === leads) this.stepDown();
    }
    throw new InDoubt('the view ended before every member had acknowledged');
  },

  async store({ view, key, entry }) {
    if (!this.isCurrent(view)) throw new Refused(`promised view ${this.promised}`);
    await this.keep(key, entry);
    return true;
  },

  isCurrent(view) {
    return view === this.installed && view >= this.promised;
  },

  // An entry that is newer already is written again: it may not be on disk yet, and the reply says that it is.
  keep(key, entry) {
    const known = this.entries.get(key);
    return this.entries.set(key, known && isNewer(known.stamp, entry.stamp) ? known : entry);
  },
};

function primaryOf({ follows }: Server): NodeId {
  if (follows === undefined) throw new Refused('no primary is known');
  return follows;
}
