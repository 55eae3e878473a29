/**
 * `splitbrain check`, end to end from a file: a million register operations, and all etcd logs of the
 * corpus in one process. Beside each, what it takes to parse the lines as JSON and do nothing with them.
 *
 *   node dist/bench/check.js [operations]
 */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { registerLines } from './histories.ts';

const MAIN = resolve(import.meta.dirname, '../../bin.mjs');
const CORPUS = resolve(import.meta.dirname, '../../../shared/corpus/histories/cas-register');

/** The baseline: reads the files and parses each line. */
const PARSE = `
  const { readFileSync } = require('node:fs');
  let lines = 0;
  for (const file of process.argv.slice(1))
    for (const line of readFileSync(file, 'utf8').split('\\n')) if (line && JSON.parse(line)) lines++;
  console.log(lines);`;

const operations = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'splitbrain-bench-'));
try {
  console.log(`${cpus()[0]?.model}, Node ${process.version}`);
  const file = join(folder, 'registers.jsonl');
  write(file, registerLines(operations, 30, 100, 0.01));
  measure(`${operations.toLocaleString('en')} register operations from a file`, [file], 5);
  if (existsSync(CORPUS)) {
    const logs = readdirSync(CORPUS).filter((name) => name.includes('etcd'));
    const files = logs.map((name) => join(CORPUS, name));
    measure(`${logs.length} etcd logs, one process`, files, 0.6);
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

/**
 * Judges the files five times, and parses them five times; prints the medians,
 * the memory of the last run, and how that compares with what is promised.
 */
function measure(what: string, files: readonly string[], promisedSeconds: number): void {
  const ours = median([MAIN, 'check', '--json', '--model', 'linearizable', ...files]);
  const parsing = median(['-e', PARSE, ...files]);
  const ratio = (ours.seconds / promisedSeconds).toFixed(2);
  console.log(
    `${what}: ${ours.seconds.toFixed(2)} s (promised ${promisedSeconds} s, ratio ${ratio}), ${ours.megabytes.toFixed(0)} MB at most`,
  );
  console.log(`  parsing the lines alone: ${parsing.seconds.toFixed(2)} s, ${parsing.megabytes.toFixed(0)} MB at most`);
}

function median(args: readonly string[]): { seconds: number; megabytes: number } {
  const seconds: number[] = [];
  let megabytes = 0;
  const peak = 'process.on("exit",()=>console.error(process.resourceUsage().maxRSS))';
  for (let run = 0; run < 5; run++) {
    const began = performance.now();
    const ended = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(peak)}`, ...args],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    seconds.push((performance.now() - began) / 1000);
    if (ended.status === 255 || ended.status === 254) throw new Error(ended.stderr || ended.stdout);
    megabytes = Number(ended.stderr.trim().split('\n').at(-1)) / 1024;
  }
  return { seconds: seconds.sort((a, b) => a - b)[2] as number, megabytes };
}
