/**
 * Outlives the harness by a moment, so that nothing else does. It runs in a session of its
 * own and holds a pipe from the harness; when that closes, for whatever reason, it kills
 * the process groups and removes the folders that it was told of. A child that is paused
 * under SIGSTOP cannot notice that the harness is gone; SIGKILL reaches it all the same.
 *
 * It is told lines: `+ PID`, `- PID` for one that ended, `folder PATH`.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const groups = new Set<number>();
const folders = new Set<string>();

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const space = line.indexOf(' ');
    const [word, rest] = [line.slice(0, space), line.slice(space + 1)];
    if (word === '+') groups.add(Number(rest));
    else if (word === '-') groups.delete(Number(rest));
    else if (word === 'folder') folders.add(rest);
  })
  .on('close', () => {
    for (const pid of groups) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  });
