/**
 * `splitbrain check`, end to end from a file: a million register operations, and all etcd logs of the corpus in one process.
 *
 *   node dist/bench/check.js [operations]
 */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { registerLines } from './histories.ts';

const MAIN = resolve(import.meta.dirname, '../cli/main.js');
const CORPUS = resolve(import.meta.dirname, '../../../shared/corpus/histories/cas-register');

const operations = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'splitbrain-bench-'));
try {
  console.log(`${cpus()[0]?.model}, Node ${process.version}`);
  const file = join(folder, 'registers.jsonl');
  write(file, registerLines(operations, 30, 100, 0.01));
  measure(`${operations.toLocaleString('en')} register operations from a file`, ['--model', 'linearizable', file], 5);
  if (existsSync(CORPUS)) {
    const logs = readdirSync(CORPUS).filter((name) => name.includes('etcd'));
    measure(
      `${logs.length} etcd logs, one process`,
      ['--model', 'linearizable', ...logs.map((name) => join(CORPUS, name))],
      0.6,
    );
  } else console.log('etcd logs: skipped, there is no corpus');
} finally {
  rmSync(folder, { recursive: true });
}

function write(file: string, lines: Iterable<string>): void {
  const handle = openSync(file, 'w');
  let buffer: string[] = [];
  for (const line of lines) {
    buffer.push(line);
    if (buffer.length < 10_000) continue;
    writeSync(handle, `${buffer.join('\n')}\n`);
    buffer = [];
  }
  if (buffer.length > 0) writeSync(handle, `${buffer.join('\n')}\n`);
  closeSync(handle);
}

/** Runs the command five times and prints the median, the memory of the last run, and how that compares with what is promised. */
function measure(what: string, args: readonly string[], promisedSeconds: number): void {
  const seconds: number[] = [];
  let megabytes = 0;
  for (let run = 0; run < 5; run++) {
    const began = performance.now();
    const peak = 'process.on("exit",()=>console.error(process.resourceUsage().maxRSS))';
    const ended = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(peak)}`, MAIN, 'check', '--json', ...args],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    seconds.push((performance.now() - began) / 1000);
    if (ended.status === 255 || ended.status === 254) throw new Error(ended.stderr || ended.stdout);
    megabytes = Number(ended.stderr.trim().split('\n').at(-1)) / 1024;
  }
  const median = seconds.sort((a, b) => a - b)[2] as number;
  const ratio = (median / promisedSeconds).toFixed(2);
  console.log(
    `${what}: ${median.toFixed(2)} s (promised ${promisedSeconds} s, ratio ${ratio}), ${megabytes.toFixed(0)} MB at most`,
  );
}
