import { expect, it } from 'vitest';
import type { Database } from '../../../databases/database.ts';
import { clusterKinds } from '../../../harness/clusters/cluster-kinds.ts';
import type { Program } from '../../../systems/system.ts';

const common = { name: 'x/y', datatype: 'register', claims: [] } as const;
const program: Program = { ...common, dialect: 'maelstrom', command: './node', args: [] };
const database: Database = {
  ...common,
  programs: {},
  ports: {},
  noticesMs: 1000,
  readyMs: 1000,
  commands: () => [],
  connect: () => Promise.reject(new Error('nothing listens')),
};

it.each([
  [program, 'program'],
  [database, 'database'],
] as const)('a system that no cluster can run is refused with the reason: %o', (system, kind) => {
  expect(clusterKinds.simulation.runs(system)).toBe(
    `x/y is a ${kind} and runs in real time only: take --cluster processes`,
  );
  expect(clusterKinds.processes.runs(system)).toBe(
    `x/y is a ${kind}, which splitbrain cannot start yet: it runs designs`,
  );
});
