import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileText, namedHere, namedIn } from '../../../harness/setting/module-path.ts';
import { programSourceOf, programText } from '../../../harness/setting/program-text.ts';
import { prepare } from '../../../harness/setting/setting.ts';

describe('a program as text', () => {
  it('is read back as it was written', () => {
    const word = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(word, fc.array(word), (command, args) => {
        const source = { dialect: 'lin-kv', command, args };
        expect(programSourceOf(programText(source))).toEqual(source);
      }),
    );
  });

  it('is moved with the file that names it, its arguments that are paths too', () => {
    expect(namedIn('counterexamples', 'bin:lin-kv:./nodes/kv.py -v')).toBe('bin:lin-kv:../nodes/kv.py -v');
    expect(namedHere('a/b', 'bin:lin-kv:python3 ../kv.py')).toBe('bin:lin-kv:python3 ./a/kv.py');
    expect(namedIn('a', 'bin:lin-kv:["./my kv","-v"]')).toBe('bin:lin-kv:["../my kv","-v"]');
  });

  it('is named in files by its workload and its base name alone', () => {
    expect(fileText('bin:lin-kv:/home/me/secret/kv.py -v')).toBe('lin-kv-kv.py');
  });
});

describe('a program in a setting', () => {
  it('has nodes from n0, and one key where it knows of none', async () => {
    const { setting } = await prepare({ system: 'bin:broadcast:./node', options: { keys: 5 } });
    expect([setting.nodes, setting.options.keys, setting.workload]).toEqual([['n0', 'n1', 'n2'], 1, 'broadcast']);
    const named = await prepare({ system: 'bin:broadcast:./node', nodes: ['a', 'b'] });
    expect(named.setting.nodes).toEqual(['a', 'b']);
  });

  it('never aborts a transaction of its own will', async () => {
    const { plan } = await prepare({ system: 'bin:txn-list-append:./node', seed: 1 });
    expect(plan.calls.length).toBeGreaterThan(100);
    expect(JSON.stringify(plan.calls)).not.toContain('abort');
  });

  it('is held to tolerate what it is given', async () => {
    const { setting, system } = await prepare({ system: 'bin:lin-kv:./node', faults: ['crash'] });
    expect(system.claims[0]?.under).toEqual(['partition', 'link', 'pause', 'crash']);
    expect(setting.claims).toEqual(system.claims);
  });

  it('may be held to any model of its datatype', async () => {
    const [claim] = (await prepare({ system: 'bin:txn-rw-register:./node' })).system.claims;
    const held = (model: string) => prepare({ system: 'bin:txn-rw-register:./node', claims: [{ ...claim!, model }] });
    const { workload } = await held('read-uncommitted');
    expect(workload.checkers.map(({ name }) => name)).toContain('read-uncommitted');
    await expect(held('read-uncomitted')).rejects.toThrow('claims what no workload judges');
  });

  it('is refused where there is no such workload, or nothing to start', async () => {
    await expect(prepare({ system: 'bin:lin-kw:./node' })).rejects.toThrow('did you mean lin-kv');
    await expect(prepare({ system: 'bin:lin-kv:' })).rejects.toThrow('a program is written bin:WORKLOAD:COMMAND');
  });
});
