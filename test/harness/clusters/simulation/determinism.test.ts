import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../harness/clusters/simulation/simulate.ts';
import { plan } from '../../../../harness/setting/plan.ts';
import { workloadNamed } from '../../../../harness/setting/workload-source.ts';
import type { Design } from '../../../../systems/system.ts';
import { asyncStyle, smallSetting } from '../../scenes.ts';
import { fingerprint, settingOf } from './fingerprint.ts';

describe('the same setting in the simulation', () => {
  it('gives the same run to the byte, for fifty settings', async () => {
    for (let seed = 1; seed <= 50; seed++) {
      expect(await fingerprint(settingOf(seed)), `seed ${seed}`).toBe(await fingerprint(settingOf(seed)));
    }
  });

  it('gives the same runs in another process, run from compiled code', async () => {
    const compiled = new URL('../../../../dist/test/harness/clusters/simulation/fingerprint.js', import.meta.url).href;
    const script = `
      const { fingerprint, settingOf } = await import(${JSON.stringify(compiled)});
      for (let seed = 1; seed <= 50; seed++) console.log(await fingerprint(settingOf(seed)));`;
    const elsewhere = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    const here: string[] = [];
    for (let seed = 1; seed <= 50; seed++) here.push(await fingerprint(settingOf(seed)));
    expect(elsewhere.trim().split('\n')).toEqual(here);
  });

  it('differs where a system remembers something from run to run, which is how such a leak is noticed', async () => {
    let kept = 0;
    const leaky: Design = {
      ...(asyncStyle as unknown as Design),
      start: (node) => (asyncStyle as unknown as Design).start({ ...node, random: () => (kept++ % 7) / 7 }),
    };
    const setting = smallSetting(1, { options: { ...smallSetting(1).options, mix: { write: 1 } } });
    expect(await fingerprint(setting, leaky)).not.toBe(await fingerprint(setting, leaky));
  });
});

const simulateWith = (system: Partial<Design>) => {
  const setting = smallSetting(1, { faults: [] });
  const workload = workloadNamed('register');
  const whole = { ...(asyncStyle as unknown as Design), ...system };
  return simulate({
    setting,
    plan: plan(setting, workload),
    system: whole,
    workload,
    journal: false,
    claimsOnly: true,
  });
};

describe('a run that cannot go on', () => {
  it('is reported, not hung, where a node never gets ready', async () => {
    await expect(simulateWith({ start: () => new Promise(() => {}) })).rejects.toThrow(/did not become ready on n1/);
  });

  it('is an error that names node and reason where a system fails to start', async () => {
    const start = () => {
      throw new Error('no wheels');
    };
    await expect(simulateWith({ start })).rejects.toThrow(/test\/async failed to start on n1: no wheels/);
  });

  it('ends where nodes never stop talking', async () => {
    const storm: Design['start'] = (node) => {
      node.on('echo', () => {
        for (const peer of node.peers) node.send(peer, 'echo');
      });
      for (const peer of node.peers) node.send(peer, 'echo');
      return (asyncStyle as unknown as Design).start(node);
    };
    await expect(simulateWith({ start: storm })).rejects.toThrow(/did not end within/);
  });
});

describe('a replica that reaches for what no simulated run could repeat ends the run as an error', () => {
  const reaching: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['chance', () => Math.random(), /n1 \(test\/async\) used Math\.random\(\).*node\.random\(\)/],
    ['the time', () => Date.now(), /used Date\.now\(\).*node\.now\(\)/],
    ['a date of now', () => new Date(), /used new Date\(\)/],
    ['a timer', () => setTimeout(() => {}, 1), /used setTimeout\(\).*node\.sleep\(\)/],
    ['the process', () => process.exit(0), /used process\.exit\(\)/],
    ['a stranger', (() => {}) as () => unknown, /n1 \(test\/async\) sent hello to n9, which is no node of the cluster/],
  ];
  it.each(reaching)('%s', async (what, reach, message) => {
    const read: Design['start'] = async (node) => {
      const replica = await (asyncStyle as unknown as Design).start(node);
      const reached = async () => {
        if (what === 'a stranger') node.send('n9', 'hello');
        // Even where the system swallows the error.
        try {
          reach();
        } catch {}
        return null;
      };
      return { ...replica, api: { ...replica.api, read: reached, write: reached } };
    };
    await expect(simulateWith({ start: read })).rejects.toThrow(message);
  });

  it('a rejection that nobody awaits, of which a real node would die', async () => {
    const start: Design['start'] = (node) => {
      void (async () => {
        await node.sleep(5);
        throw new Error('oops');
      })();
      return (asyncStyle as unknown as Design).start(node);
    };
    await expect(simulateWith({ start })).rejects.toThrow(/left a rejected promise unhandled.*oops/);
  });

  it('time, where it reads its disk for ever without waiting', async () => {
    const start: Design['start'] = async (node) => {
      for (;;) await node.disk.read('x');
    };
    await expect(simulateWith({ start })).rejects.toThrow(/it never waits/);
  });

  it('but a date of a given time is a plain value, and what it prints is in its log', async () => {
    const start: Design['start'] = (node) => {
      console.log('born', new Date(0).toISOString());
      return (asyncStyle as unknown as Design).start(node);
    };
    const { logs } = await simulateWith({ start });
    expect(logs.get('n1')?.join()).toContain('born 1970-01-01T00:00:00.000Z');
    expect(Math.random()).toBeLessThan(1);
  });
});
