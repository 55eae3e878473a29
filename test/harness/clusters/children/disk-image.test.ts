/** Disks on loop devices, where root may make them: what was synced stays, and nothing is left mounted. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DiskImage, imagesCanBeMounted, unmountBelow } from '../../../../harness/clusters/children/disk-image.ts';
import { startGuard } from '../../../../harness/clusters/children/guard.ts';
import { newTemporaryPath } from '../../../../harness/clusters/children/marks.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) {
    unmountBelow(folder);
    rmSync(folder, { recursive: true, force: true });
  }
});

async function disk() {
  const folder = newTemporaryPath();
  folders.push(folder);
  const at = join(folder, 'n1');
  mkdirSync(at, { recursive: true });
  const image = new DiskImage(join(folder, 'disks/n1.img'), at);
  await image.make(16);
  return { folder, at, image };
}

function write(file: string, text: string, synced: boolean): void {
  const to = openSync(file, 'a');
  writeSync(to, text);
  if (synced) fsyncSync(to);
  closeSync(to);
}

const isMounted = (at: string) => readFileSync('/proc/self/mounts', 'utf8').includes(` ${at} `);

describe.runIf(imagesCanBeMounted() === true)('a disk that loses power', () => {
  it('has what was synced before, and nothing else', async () => {
    const { at, image } = await disk();
    write(join(at, 'formed'), 'all', false);
    await image.sync();
    write(join(at, 'log'), 'one ', true);
    write(join(at, 'log'), 'two ', false);
    write(join(at, 'other'), 'never', false);
    await image.keep();
    write(join(at, 'late'), 'synced too late', true);
    await image.restore();
    expect(readdirSync(at).sort()).toEqual(['formed', 'log']);
    expect(readFileSync(join(at, 'formed'), 'utf8')).toBe('all');
    expect(readFileSync(join(at, 'log'), 'utf8')).toBe('one ');
    await image.unmount();
    expect(isMounted(at)).toBe(false);
  });

  it('is unmounted by the watchdog', async () => {
    const { folder, at } = await disk();
    const guard = startGuard();
    guard.remove(folder);
    await guard.end();
    expect([isMounted(at), existsSync(folder)]).toEqual([false, false]);
    expect(execFileSync('losetup', ['-a'], { encoding: 'utf8' })).not.toContain(folder);
  });
});
