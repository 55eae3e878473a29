import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { VirtualTime } from '../../harness/clusters/simulation/virtual-time.ts';
import { virtual } from '../../harness/clusters/virtual/instance.ts';
import { Cause } from '../../harness/node/cause.ts';
import { LocalClock } from '../../harness/node/local-clock.ts';
import { describeWith, nodeAt } from './needs.ts';

describeWith(['cc'], 'the preloaded library', () => {
  const folder = mkdtempSync(join(tmpdir(), 'programs-test-'));
  const command = join(folder, 'waits');
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Tells the program these lines, one a second of virtual time, and returns what it wrote and when. */
  async function told(lines: readonly string[]): Promise<readonly (readonly [ms: number, line: string])[]> {
    execFileSync('cc', ['-O1', '-o', command, nodeAt('waits.c'), '-lpthread']);
    const time = new VirtualTime();
    const heard: (readonly [number, string])[] = [];
    const broken: string[] = [];
    const cause = new Cause(1, 'test', 'n0');
    const clock = new LocalClock(
      () => time.elapsed(),
      (ms, task) => time.schedule(ms, task),
    );
    const instance = virtual({
      ...{ id: 'n0', life: 0, says: 'waits', command, args: [], folder, logFile: '', seed: 1, cause, clock },
      heard: (line) => heard.push([time.elapsed(), line]),
      garbled: (shown) => broken.push(shown),
      ended: (how) => broken.push(how),
      broke: (reason) => broken.push(reason),
      wrote: (log) => broken.push(...log),
    });
    for (const [i, line] of lines.entries()) time.schedule(i * 1000, () => instance.tell(line, cause));
    while (time.queue.length > 0) {
      time.nowUs = time.queue.nextTime;
      time.queue.pop().task?.();
    }
    await instance.kill();
    expect(broken).toEqual([]);
    return heard;
  }

  it('has every wait with a limit end by the virtual clock, or when it is ended, in all threads', async () => {
    const kinds = ['poll', 'ppoll', 'select', 'epoll', 'cond', 'sem', 'sem-clock', 'futex'];
    const lines = ['main', 'thread'].flatMap((where) => [
      `${where} nanosleep late`,
      ...kinds.flatMap((kind) => [`${where} ${kind} late`, `${where} ${kind} ended`]),
    ]);
    const heard = await told(lines);
    expect(heard).toEqual(
      lines.map((line, i) =>
        line.endsWith('late') ? [i * 1000 + 300, `${line}: 300 ms, late`] : [i * 1000 + 100, `${line}: 100 ms, found`],
      ),
    );
  });

  it.each(['main', 'thread'])('lets time pass for who asks until it has: %s', async (where) => {
    expect(await told([`${where} asking late`])).toEqual([[305, `${where} asking late: 305 ms, late`]]);
  });
});
