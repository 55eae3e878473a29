import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { plan } from '../../harness/plan.ts';
import type { Setting } from '../../harness/result.ts';
import { workloadNamed } from '../../harness/setting.ts';
import { simulate } from '../../harness/simulation/simulate.ts';
import { systemFrom } from '../../harness/sources.ts';
import type { System } from '../../systems/system.ts';
import { asyncStyle, smallSetting } from './scenes.ts';

const SYSTEMS = [
  'quorum/abd',
  'quorum/no-write-back',
  'sync-replication/sound',
  'async-replication/slide',
  'no-replication',
];
const EVERYTHING = ['partition', 'link', 'crash', 'pause', 'clock', 'disk'];

const settingOf = (seed: number): Setting =>
  smallSetting(seed, { system: SYSTEMS[seed % SYSTEMS.length]!, faults: EVERYTHING });

/** A hash of all that a run leaves: history, messages, verdict, logs. */
async function fingerprint(setting: Setting, system?: System): Promise<string> {
  const own = system ?? (await systemFrom({ name: setting.system }));
  const workload = workloadNamed(setting.workload);
  const lines: string[] = [];
  const sink = (line: string) => lines.push(line);
  const run = await simulate({
    setting,
    plan: plan(setting, workload),
    system: own,
    workload,
    journal: true,
    claimsOnly: false,
    sink,
  });
  const sum = createHash('sha256').update(lines.join('\n'));
  for (const message of run.messages) sum.update(JSON.stringify(message));
  return sum
    .update(JSON.stringify(run.result))
    .update(JSON.stringify([...run.logs]))
    .digest('hex');
}

describe('the same setting in the simulation', () => {
  it('gives the same run to the byte, for a hundred settings', async () => {
    for (let seed = 1; seed <= 100; seed++) {
      expect(await fingerprint(settingOf(seed)), `seed ${seed}`).toBe(await fingerprint(settingOf(seed)));
    }
  });

  it('gives the same run in another process, run from compiled code', async () => {
    const script = `
      const { simulate } = await import(${JSON.stringify(new URL('../../dist/harness/simulation/simulate.js', import.meta.url).href)});
      const { plan } = await import(${JSON.stringify(new URL('../../dist/harness/plan.js', import.meta.url).href)});
      const { systemFrom } = await import(${JSON.stringify(new URL('../../dist/harness/sources.js', import.meta.url).href)});
      const { workloadNamed } = await import(${JSON.stringify(new URL('../../dist/harness/setting.js', import.meta.url).href)});
      const setting = JSON.parse(process.argv[1]);
      const workload = workloadNamed(setting.workload);
      const system = await systemFrom({ name: setting.system });
      const lines = [];
      const sink = (line) => lines.push(line);
      await simulate({ setting, plan: plan(setting, workload), system, workload, journal: false, claimsOnly: true, sink });
      process.stdout.write(lines.join('\\n'));`;
    for (let seed = 1; seed <= 5; seed++) {
      const setting = settingOf(seed);
      const elsewhere = execFileSync(process.execPath, ['--input-type=module', '-e', script, JSON.stringify(setting)], {
        encoding: 'utf8',
      });
      const lines: string[] = [];
      const workload = workloadNamed(setting.workload);
      const system = await systemFrom({ name: setting.system });
      const sink = (line: string) => lines.push(line);
      await simulate({
        setting,
        plan: plan(setting, workload),
        system,
        workload,
        journal: false,
        claimsOnly: true,
        sink,
      });
      expect(elsewhere.split('\n').length).toBeGreaterThan(30);
      expect(elsewhere).toBe(lines.join('\n'));
    }
  });

  it('differs where a system draws on chance of its own, which is how such a leak is noticed', async () => {
    const leaky: System = {
      ...(asyncStyle as unknown as System),
      start: (node) => (asyncStyle as unknown as System).start({ ...node, random: Math.random }),
    };
    const setting = smallSetting(1, { options: { ...smallSetting(1).options, mix: { write: 1 } } });
    expect(await fingerprint(setting, leaky)).not.toBe(await fingerprint(setting, leaky));
  });
});

describe('a run that cannot go on', () => {
  const simulateWith = (system: Partial<System>) => {
    const setting = smallSetting(1, { faults: [] });
    const workload = workloadNamed('register');
    const whole = { ...(asyncStyle as unknown as System), ...system };
    return simulate({
      setting,
      plan: plan(setting, workload),
      system: whole,
      workload,
      journal: false,
      claimsOnly: true,
    });
  };

  it('is reported, not hung, where a node never gets ready', async () => {
    await expect(simulateWith({ start: () => new Promise(() => {}) })).rejects.toThrow(/did not become ready on n1/);
  });

  it('is an error that names node and reason where a system fails to start', async () => {
    const start = () => {
      throw new Error('no wheels');
    };
    await expect(simulateWith({ start })).rejects.toThrow(/test\/async failed to start on n1: .*no wheels/s);
  });

  it('ends where nodes never stop talking', async () => {
    const storm: System['start'] = (node) => {
      node.on('echo', () => {
        for (const peer of node.peers) node.send(peer, 'echo');
      });
      for (const peer of node.peers) node.send(peer, 'echo');
      return (asyncStyle as unknown as System).start(node);
    };
    await expect(simulateWith({ start: storm })).rejects.toThrow(/did not end within/);
  });
});
