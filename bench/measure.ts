/**
 * Measurements side by side: what was promised, what it takes here, and what a plain method takes in the same run.
 *
 * Each runs in a process of its own, so that its memory is its own; times are medians
 * of five, and of processor time besides wall time, since machines are shared.
 */
import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

export interface Measurement {
  readonly what: string;
  /** The promise, in seconds. */
  readonly promised: number;
  /**
   * Makes what is measured; each call of the result is one run,
   * and says what came of it. Undefined where the corpus is absent.
   */
  readonly ours: () => (() => string) | undefined;
  readonly baseline?: () => (() => string) | undefined;
  readonly runs?: number;
}

type Measurements = Readonly<Record<string, Measurement>>;
type Which = 'ours' | 'baseline';

/**
 * Runs the measurements that the command line names by the beginnings of their names, or all. `file` is the caller's.
 */
export function measure(file: string, measurements: Measurements, baselineName: string): void {
  const [first, name, which] = process.argv.slice(2);
  if (first === '--child') {
    run(measurements[name as string] as Measurement, which as Which);
    return;
  }
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, ${gigabytes} GB, Node ${process.version}`);
  const chosen = process.argv.slice(2);
  for (const [name, measurement] of Object.entries(measurements)) {
    if (chosen.length > 0 && !chosen.some((prefix) => name.startsWith(prefix))) continue;
    const ours = inChild(file, name, 'ours');
    console.log(`\n${measurement.what} [${name}]`);
    if (!ours) {
      console.log('  skipped: there is no corpus');
      continue;
    }
    const ratio = (ours.wall / measurement.promised).toFixed(2);
    const width = Math.max(4, baselineName.length);
    console.log(
      `  ${'ours'.padEnd(width)} ${seconds(ours.wall)} (processor ${seconds(ours.processor)}), ${ours.megabytes.toFixed(0)} MB at most, ${ours.verdict}; promised ${measurement.promised} s, ratio ${ratio}`,
    );
    const baseline = measurement.baseline && inChild(file, name, 'baseline');
    if (baseline)
      console.log(
        `  ${baselineName} ${seconds(baseline.wall)}, ${baseline.megabytes.toFixed(0)} MB at most, ${baseline.verdict}`,
      );
  }
}

/** Runs one measurement in this process and prints it as JSON. */
function run(measurement: Measurement, which: Which): void {
  const once = measurement[which]?.();
  if (!once) {
    console.log('null');
    return;
  }
  const walls: number[] = [];
  const processor: number[] = [];
  let verdict = '';
  for (let i = 0; i < (which === 'ours' ? (measurement.runs ?? 5) : 1); i++) {
    const before = process.cpuUsage();
    const began = performance.now();
    verdict = once();
    walls.push((performance.now() - began) / 1000);
    const used = process.cpuUsage(before);
    processor.push((used.user + used.system) / 1e6);
  }
  const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1] as number;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ wall: median(walls), processor: median(processor), megabytes, verdict }));
}

interface Result {
  readonly wall: number;
  readonly processor: number;
  readonly megabytes: number;
  readonly verdict: string;
}

function inChild(file: string, name: string, which: Which): Result | null {
  const args = ['--max-old-space-size=4000', file, '--child', name, which];
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  const last = child.stdout.trim().split('\n').at(-1) ?? '';
  if (child.status !== 0) return { wall: Number.NaN, processor: Number.NaN, megabytes: Number.NaN, verdict: 'failed' };
  return JSON.parse(last) as Result | null;
}

function seconds(time: number): string {
  return time < 0.1 ? `${(time * 1000).toFixed(2)} ms` : `${time.toFixed(2)} s`;
}
