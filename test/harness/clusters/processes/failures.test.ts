import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { ownSystem, smallRun } from './small-run.ts';

describe('a node that breaks its contract ends the run as an error that names it', () => {
  it('when it ends by itself', async () => {
    const source = ownSystem(
      `if (node.id === 'n2') setTimeout(() => { console.log('farewell'); process.exit(3); }, 200)`,
    );
    await expect(smallRun([], source)).rejects.toThrow(/n2 \(own\) ended by itself \(exit code 3\)[\s\S]*farewell/);
  });

  it('when a signal ends it', async () => {
    const source = ownSystem(`if (node.id === 'n2') setTimeout(() => process.kill(process.pid, 'SIGTERM'), 200)`);
    await expect(smallRun([], source)).rejects.toThrow(/n2 \(own\) ended by itself \(SIGTERM\)/);
  });

  it('when it sends more in one frame than any node may', async () => {
    const source = ownSystem(
      `if (node.id === 'n1') for (let i = 0; i < 5; i++) node.send('n2', 'noise', 'x'.repeat(15e6))`,
    );
    await expect(smallRun([], source)).rejects.toThrow(/n1 \(own\) sent a frame of more than 67108864 bytes/);
  });

  it('when it cannot start', async () => {
    const source = ownSystem(`throw new Error('no such thing')`);
    await expect(smallRun([], source)).rejects.toThrow(/own failed to start on n\d: no such thing/);
  });

  it('when it never becomes ready', async () => {
    const source = ownSystem(`if (node.id === 'n3') await new Promise(() => {})`);
    const run = smallRun([], source, { patienceMs: 8000 });
    await expect(run).rejects.toThrow(/n3 \(own\) did not become ready within 8000 ms/);
  });

  it('when it floods', async () => {
    const source = ownSystem(`if (node.id === 'n1') for (;;) node.send('n2', 'noise', 'x'.repeat(100))`);
    await expect(smallRun([], source)).rejects.toThrow(/n1 \(own\) ended by itself[\s\S]*n1 floods/);
  });

  it('when its disk is full: that accuses nobody', async () => {
    // No file may grow beyond a few kilobytes: nodes' disks are the only ones that do.
    const api = new URL('../../../../dist/harness/index.js', import.meta.url).href;
    const program = `
      const { run } = await import(${JSON.stringify(api)});
      const { result } = await run({ system: 'quorum/abd', faults: [], seed: 1, options: { durationMs: 4000 } });
      console.log('judged', result.verdict);`;
    const limited = ['-c', 'ulimit -f 8 && exec "$0" --input-type=module -e "$1"', process.execPath, program];
    const { stderr, stdout } = await execa('sh', limited, { reject: false });
    expect(stdout).toBe('');
    expect(stderr).toMatch(/HarnessFailure: n\d \(quorum\/abd\) could not write its disk: EFBIG/);
  });
});

it('a system that cannot start on a disk that failed it is a node that stays down, not an error', async () => {
  const own = ownSystem(`
    await node.disk.read('x');
    void (async () => { for (;;) { await node.sleep(20); await node.disk.write('x', 1); } })()`);
  const { result } = await smallRun(
    [
      { id: 1, kind: 'disk', fromMs: 100, toMs: 700, targets: ['n2'], how: 'corrupt', chance: 1 },
      { id: 2, kind: 'crash', fromMs: 400, toMs: 900, targets: ['n2'], disk: 'kept' },
    ],
    own,
  );
  expect(result.tally.silent).toEqual(['n2']);
});
