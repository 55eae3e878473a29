/**
 * Writes of 4 kB, each with an fsync, by one writer: on the file system that loses power, and in a folder beside the
 * files that it keeps. Turn by turn, five times a second each; the medians, and their ratio.
 *
 *     node dist/bench/power-fs.js [FOLDER]
 */
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PowerDisk, powerFsWorks } from '../harness/clusters/children/power-fs.ts';

const TURNS = 5;
const TURN_MS = 1000;
const PAGE = Buffer.alloc(4096, 'x');

const works = powerFsWorks();
if (works !== true) throw new Error(works);
const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'power-fs-'));
const [at, beside] = [join(folder, 'at'), join(folder, 'beside')];
for (const path of [at, beside]) mkdirSync(path);
const disk = new PowerDisk(join(folder, 'backing'), at, {});
await disk.make();
const rates = { fuse: [] as number[], backing: [] as number[] };
for (let turn = 0; turn < TURNS; turn++) {
  rates.fuse.push(rateIn(`${disk.root}${at}`, turn));
  rates.backing.push(rateIn(beside, turn));
}
await disk.unmount();
rmSync(folder, { recursive: true, force: true });
const [fuse, backing] = [median(rates.fuse), median(rates.backing)];
console.log(`${fuse} synchronous writes a second on the file system that loses power, ${backing} beside its files`);
console.log(`ratio ${(fuse / backing).toFixed(2)}; it is to be 0.33 at least`);
process.exitCode = fuse * 3 >= backing ? 0 : 1;

function rateIn(path: string, turn: number): number {
  const file = openSync(join(path, `file-${turn}`), 'w');
  const beganMs = performance.now();
  let writes = 0;
  for (; performance.now() - beganMs < TURN_MS; writes++) {
    writeSync(file, PAGE);
    fsyncSync(file);
  }
  closeSync(file);
  return Math.round((writes * 1000) / (performance.now() - beganMs));
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}
