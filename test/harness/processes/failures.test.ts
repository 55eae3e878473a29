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
    const source = ownSystem(`if (node.id === 'n1') node.send('n2', 'noise', 'x'.repeat(70_000_000))`);
    await expect(smallRun([], source)).rejects.toThrow(/n1 \(own\) sent a frame of more than 67108864 bytes/);
  });

  it('when it cannot start', async () => {
    const source = ownSystem(`throw new Error('no such thing')`);
    await expect(smallRun([], source)).rejects.toThrow(/n\d \(own\) failed to start: no such thing/);
  });

  it('when it never becomes ready', async () => {
    const source = ownSystem(`if (node.id === 'n3') await new Promise(() => {})`);
    const run = smallRun([], source, { patienceMs: 3000 });
    await expect(run).rejects.toThrow(/n3 \(own\) did not become ready within 3000 ms/);
  });

  it('when it floods', async () => {
    const source = ownSystem(`if (node.id === 'n1') for (;;) node.send('n2', 'noise', 'x'.repeat(100))`);
    await expect(smallRun([], source)).rejects.toThrow(/n1 \(own\) ended by itself[\s\S]*n1 floods/);
  });
});
