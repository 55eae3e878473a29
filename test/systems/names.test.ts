import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { systems } from '../../systems/registry.ts';

/** The designs of the slides and of what lies behind them, by the names that expectations and pinned seeds use. */
const NAMES: Readonly<Record<string, string>> = {
  'sync-replication': 'slide sound',
  'async-replication': 'slide sound',
  'tunable-store': 'slide strong causal eventual',
  quorum: 'slide abd dynamo',
  'conflict-resolution': 'slide-lww slide-vector slide-merge hlc dotted merge',
  cap: 'slide-cp slide-ap cp ap',
  'g-counter': 'slide state delta op',
  'pn-counter': 'state',
  'g-set': 'state',
  '2p-set': 'state',
  'or-set': 'state delta op',
  'lww-register': 'state',
  'mv-register': 'state',
  'lww-map': 'state',
  rga: 'op',
  cache: 'slide sound lease',
  'replicated-log': 'slide raft',
  chain: 'slide sound craq',
  mvcc: 'slide si ssi two-phase-commit percolator',
  lock: 'slide fenced lamport',
  'two-phase-locking': 'sound',
  'timestamp-ordering': 'sound',
  queue: 'sound',
  log: 'sound',
  broadcast: 'sound',
  'unique-ids': 'sound',
  paxos: 'sound',
};

const designs = Object.entries(NAMES).flatMap(([design, variants]) =>
  variants.split(' ').map((variant) => `${design}/${variant}`),
);

it('every design is there under its name', () => {
  const known = systems.map(({ name }) => name);
  expect(designs.filter((name) => !known.includes(name))).toEqual([]);
  expect(known).toEqual(expect.arrayContaining(['single-copy', 'no-replication']));
});

it('the recorded exploration kept every sound design and refuted every wrong one (node dist/bench/exploration.js repeats it)', () => {
  const file = new URL('../../systems/exploration.json', import.meta.url);
  const verdicts = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>;
  expect(designs.filter((name) => !(name in verdicts))).toEqual([]);
  for (const { name, flaw } of systems) {
    if (name in verdicts) expect(verdicts[name], name).toMatch(flaw ? /^refuted/ : /^kept in \d+ runs$/);
  }
});
