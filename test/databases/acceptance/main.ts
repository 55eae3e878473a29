/**
 * `npm run databases`: what databases are known to do, three fixed seeds a row, and the controls.
 *
 *     npm run databases -- [--only R1,P2] [--seeds 3] [--out results/databases] [--program NAME=PATH]
 *
 * One run after the other, each by the command line into a folder of its own. What was made is in `rows.jsonl` of the
 * output folder and is not made again; take another folder, or remove the line. `--program` names what neither Debian
 * nor npm has, such as a nats-server from 2.10 on. Prints a table. The exit code is 1 where a row is found with fewer
 * than two of three seeds or a control is refuted.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Result } from '../../../harness/judging/result.ts';
import { type Control, type Flags, type Row, rows } from './rows.ts';
import { type Made, summaryOf, tableOf } from './table.ts';

const MAIN = fileURLToPath(new URL('../../../../bin.mjs', import.meta.url));
const SEEDS = 3;

const { values: given } = parseArgs({
  options: {
    only: { type: 'string' },
    seeds: { type: 'string', default: String(SEEDS) },
    out: { type: 'string', default: 'results/databases' },
    program: { type: 'string', multiple: true, default: [] },
  },
});
const { out } = given;
const byHand = new Map(given.program.map((text) => text.split('=') as [string, string]));
const file = join(out, 'rows.jsonl');
mkdirSync(out, { recursive: true });

const made: Made[] = existsSync(file)
  ? readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Made)
  : [];
const wanted = rows.filter(({ id }) => given.only === undefined || given.only.split(',').includes(id));
for (const row of wanted) {
  for (let seed = 1; seed <= Number(given.seeds); seed++) make(row, undefined, seed);
  for (const control of row.controls) for (let seed = 1; seed <= Number(given.seeds); seed++) make(row, control, seed);
}
process.stdout.write(`${tableOf(wanted, made)}\n`);
process.exitCode = wanted.every((row) => summaryOf(row, made).holds) ? 0 : 1;

function make(row: Row, control: Control | undefined, seed: number): void {
  const which = control?.what ?? '';
  if (made.some((one) => one.row === row.id && one.which === which && one.seed === seed)) return;
  const program = control?.byHand;
  if (program !== undefined && !byHand.has(program)) {
    process.stderr.write(`${row.id} ${which}: not made, as it needs --program ${program}=PATH\n`);
    return;
  }
  const chosen = program === undefined ? {} : { program: `${program}=${byHand.get(program)}` };
  const one = run(row, which, { ...row.flags, ...control?.flags, ...chosen }, seed);
  made.push(one);
  appendFileSync(file, `${JSON.stringify(one)}\n`);
  process.stderr.write(`${row.id} ${which} seed ${seed}: ${one.verdict} after ${one.seconds} s: ${one.says}\n`);
}

function run(row: Row, which: string, flags: Flags, seed: number): Made {
  const folder = join(out, `${row.id}${which && `-${which.replaceAll(/\W+/g, '-')}`}-${seed}`);
  rmSync(folder, { recursive: true, force: true });
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const command = ['run', ...args, '--seed', String(seed)];
  const beganMs = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...command, '--out', folder, '--json'], {
    ...{ encoding: 'utf8', maxBuffer: 1 << 28 },
  });
  const seconds = Math.round((performance.now() - beganMs) / 1000);
  const base = { row: row.id, which, seed, code: status ?? -1, seconds, command: ['splitbrain', ...command].join(' ') };
  if (status === null || status > 2) return { ...base, verdict: 'failed', says: stderr.trim().split('\n')[0] ?? '' };
  const result = JSON.parse(stdout) as Result;
  const refuted = result.claims.find(({ verdict }) => verdict.type === 'invalid')?.verdict;
  const anomalies = refuted?.type === 'invalid' ? refuted.anomalies.map(({ name }) => name) : [];
  const strongest = result.placement?.strongest;
  const { verdict, says, starvedMs } = result;
  return {
    ...{ ...base, verdict, says, starvedMs: Math.round(starvedMs?.harness ?? 0) },
    ...{ anomalies: [...new Set(anomalies)], ...(strongest ? { strongest } : {}) },
  };
}
