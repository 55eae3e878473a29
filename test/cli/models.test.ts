import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const main = new URL('../../bin.mjs', import.meta.url).pathname;
const models = (...args: readonly string[]) => execa('node', [main, 'models', ...args], { reject: false });

describe('splitbrain models', () => {
  it('shows the smallest history that one model allows and another forbids, with the reason', async () => {
    const { stdout, exitCode } = await models('snapshot-isolation', 'serializable', '--type', 'rw-register');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('rw-register: snapshot-isolation allows this, and serializable forbids it:');
    expect(stdout).toContain('G2-item');
  });

  it('shows the arrows where there is no such history, and what was tried', async () => {
    const { stdout } = await models('serializable', 'read-committed', '--type', 'rw-register');
    expect(stdout).toContain('for serializable implies read-committed: serializable -> ');
    expect(stdout).toMatch(/Tried: all [\d,]+ histories of /);
  });

  it('says what a model is and what lies next to it, and shows the lattice without a name', async () => {
    expect((await models('PL-2.99')).stdout).toMatch(/^repeatable-read: no cycle/);
    expect((await models()).stdout).toContain('  serializable -> repeatable-read, snapshot-isolation');
    const json = JSON.parse((await models('sequential', 'linearizable', '--type', 'register', '--json')).stdout);
    expect(json).toMatchObject({ datatype: 'register', by: 'history', anomaly: { name: expect.any(String) } });
  });

  it('explains names that are other models', async () => {
    const { stdout } = await models('serializable', 'view-serializable', '--type', 'rw-register');
    expect(stdout).toContain('view-serializable is serializable here');
  });

  it('offers what is like an unknown name, and refuses models of different datatypes', async () => {
    const unknown = await models('serialisable');
    expect([unknown.exitCode, unknown.stderr]).toEqual([254, expect.stringContaining('did you mean serializable')]);
    const apart = await models('PRAM', 'total-queue');
    expect([apart.exitCode, apart.stderr]).toEqual([
      254,
      expect.stringContaining('no datatype is judged against both'),
    ]);
  });
});
