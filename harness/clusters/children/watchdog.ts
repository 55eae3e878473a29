/**
 * Outlives the harness by a moment, so that nothing else does. It runs in a session of its own and holds a pipe from
 * the harness; when that closes, for whatever reason, it kills the process groups that it was told of and whatever
 * carries the run's mark, in groups of their own or not, and removes the folders. A child that is paused under SIGSTOP
 * cannot notice that the harness is gone; SIGKILL reaches it all the same.
 *
 * It is told lines: `mark TEXT`, `+ PID`, `- PID` for one that ended, `folder PATH`, and `end` before a harness that
 * ends as it should closes the pipe.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { unmountBelow } from './disk-image.ts';
import { killMarked } from './marks.ts';
import { descendantsOf } from './process-tree.ts';

const groups = new Set<number>();
const folders = new Set<string>();
let mark = '';
let isExpected = false;
/** A process that was just being started is seen the next time. */
const ROUNDS = 20;
/** What a killed harness had forked carries no mark before it is another program: it is looked for so many times. */
const LATER_LOOKS = 20;
const LOOK_MS = 100;

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const space = line.indexOf(' ');
    const [word, rest] = space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
    if (word === '+') groups.add(Number(rest));
    else if (word === '-') groups.delete(Number(rest));
    else if (word === 'folder') folders.add(rest);
    else if (word === 'mark') mark = rest;
    else if (word === 'end') isExpected = true;
  })
  .on('close', async () => {
    // Some leave the group, and write over their environment: they are known by what started them.
    const below = [...groups].flatMap(descendantsOf);
    for (const pid of [...Array.from(groups, (leader) => -leader), ...below]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    clean();
    for (let look = 0; look < LATER_LOOKS && !isExpected; look++) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      clean();
    }
  });

/** Kills what carries the mark, and removes the folders. */
function clean(): void {
  for (let round = 0; mark !== '' && round < ROUNDS && killMarked(mark) > 0; round++);
  for (const folder of folders) unmountBelow(folder);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

// The group of a terminal, or somebody who ends everything of that name, is not to end what cleans up.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});
