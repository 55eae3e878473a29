import { expect, it } from 'vitest';
import type { Database } from '../../../databases/database.ts';
import { clocksCanBeMoved } from '../../../harness/clusters/children/clock-probe.ts';
import { clusterKinds } from '../../../harness/clusters/cluster-kinds.ts';
import type { Program } from '../../../systems/system.ts';

const common = { name: 'x/y', datatype: 'register', claims: [] } as const;
const program: Program = { ...common, dialect: 'lin-kv', command: './node', args: [] };
const database: Database = {
  ...common,
  programs: {},
  ports: {},
  noticesMs: 1000,
  readyMs: 1000,
  commands: () => [],
  connect: () => Promise.reject(new Error('nothing listens')),
};

it('a database runs in real time alone', () => {
  expect(clusterKinds.simulation.runs(database)).toBe(
    'x/y is a database and runs in real time only: take --cluster processes',
  );
});

it('programs run in real time, and their clocks fail where the machine can move them, but not their disks', () => {
  const fault = { id: 1, fromMs: 0, toMs: 1, targets: 'one' } as const;
  expect(clusterKinds.processes.runs(program)).toBe(true);
  expect(clusterKinds.processes.can({ ...fault, kind: 'pause' }, program)).toBe(true);
  const moved = clocksCanBeMoved();
  const clock = clusterKinds.processes.can({ ...fault, kind: 'clock', how: 'step', byMs: 5 }, program);
  expect(clock).toBe(moved === true ? true : `${moved}: take --cluster simulation`);
  expect(clusterKinds.processes.can({ ...fault, kind: 'disk', how: 'full' } as never, program)).toMatch('disk');
});
