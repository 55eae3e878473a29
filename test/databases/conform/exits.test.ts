/** A process that ends over a clock that jumps is data; one that ends by itself is not. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../databases/database.ts';
import { clocksCanBeMoved } from '../../../harness/clusters/children/clock-probe.ts';
import { newTemporaryPath } from '../../../harness/clusters/children/marks.ts';
import { Databases } from '../../../harness/clusters/databases/cluster.ts';
import { executablesOf } from '../../../harness/clusters/databases/executables.ts';
import type { Fault } from '../../../harness/faults/fault.ts';
import { sound } from './adapters.ts';

const panics = {
  ...sound,
  commands: (host, life) => sound.commands(host, life).map((one) => ({ ...one, env: { PANICS: '1' } })),
} as typeof sound as unknown as Database;

let cluster: Databases | undefined;
afterEach(() => cluster?.stop());

async function launched(): Promise<Databases> {
  const temporary = newTemporaryPath();
  cluster = await Databases.launch({
    ...{ database: panics, programs: executablesOf(panics), nodes: ['n1', 'n2'], callTimeoutMs: 1000 },
    ...{ links: { seed: 1, calm: false, odd: {} }, logFolder: temporary, temporary },
  });
  return cluster;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

const step = { id: 1, kind: 'clock', targets: ['n1'], how: 'step', byMs: 3_600_000, fromMs: 0, toMs: 1 } as Fault;

describe.runIf(clocksCanBeMoved() === true)('a node that ends by itself', () => {
  it('under a clock fault is a note, and starts again when the fault ends', async () => {
    const running = await launched();
    await running.begin(step);
    await until(() => running.notes.length > 0);
    expect(running.notes[0]!.says).toBe(
      'n1 (node) ended by itself (exit code 3) under a clock fault: it starts again when that is over',
    );
    await until(() => running.processesOf('n1').length === 0);
    await running.end(step);
    expect(running.processesOf('n1')).toHaveLength(1);
    await running.heal();
    expect(running.notes).toHaveLength(1);
  });

  it('under none ends the run', async () => {
    const running = await launched();
    process.kill(running.processesOf('n2')[0]!, 'SIGKILL');
    await expect(running.failed).rejects.toThrow(/n2 \(node\) ended by itself \(SIGKILL\)\. Its last lines:/);
  });
});
