/** A small run with real processes, for tests: three nodes, a second and a bit, two clients a node. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { type ProcessesRun, runProcesses } from '../../../../harness/clusters/processes/run-processes.ts';
import type { Fault } from '../../../../harness/faults/fault.ts';
import type { Run } from '../../../../harness/judging/result.ts';
import type { Setting } from '../../../../harness/setting/plan.ts';
import { plan } from '../../../../harness/setting/plan.ts';
import { designFrom, type Source } from '../../../../harness/setting/sources.ts';
import { workloadNamed } from '../../../../harness/setting/workload-source.ts';

const NODES = ['n1', 'n2', 'n3'];

const SETTING: Setting = {
  system: 'quorum/abd',
  workload: 'register',
  cluster: 'processes',
  seed: 7,
  nodes: NODES,
  options: { clients: 6, nodes: NODES, durationMs: 1500, ratePerSecond: 150, keys: 3, mix: { read: 1, write: 1 } },
  faults: [],
  callTimeoutMs: 300,
};

/** Runs it with these faults. */
export async function smallRun(
  faults: readonly Fault[],
  source: Source = { name: 'quorum/abd' },
  more: Partial<ProcessesRun> = {},
): Promise<Run> {
  const workload = workloadNamed('register');
  const drawn = plan(SETTING, workload);
  const system = await designFrom(source);
  return runProcesses({ setting: SETTING, plan: { ...drawn, faults }, system, source, workload, ...more });
}

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A user's own system: a register on one node's memory, with a body of its own for `start`. */
export function ownSystem(start: string): Source {
  const file = join(temporaryFolder(), 'own.js');
  const api = 'read: async () => 1, write: async () => null, cas: async () => null';
  writeFileSync(
    file,
    `export const own = { name: 'own', datatype: 'register', claims: [],
      async start(node) { ${start}; return { state: {}, api: { ${api} } }; } };\n`,
  );
  return { module: pathToFileURL(file).href, export: 'own' };
}
