/**
 * The report: how long it takes to write and how much memory, how large it is, how long it takes to open in Chromium,
 * and how smoothly it zooms. `node dist/bench/report.js [SIZES] [--baseline FOLDER]`; FOLDER is a built checkout of
 * another commit, whose reports are measured in the same run, in turns: a ratio above 1 is in favour of this one. It
 * needs a browser at /usr/bin/chromium or $CHROMIUM.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { report } from '../report/report.ts';
import { hasBrowser, launch, open } from '../test/report/browser.ts';
import { sample } from '../test/report/sample.ts';

const GOALS: Readonly<Record<number, { readonly openMs: number; readonly writeMs: number }>> = {
  1000: { openMs: 2_000, writeMs: 2_000 },
  100000: { openMs: 2_000, writeMs: 2_000 },
  1000000: { openMs: 6_000, writeMs: Number.POSITIVE_INFINITY },
};

/** In a process of its own, so that its memory is its own. */
function write(operations: number, file: string): void {
  const input = sample({ operations, clients: operations > 10_000 ? 20 : 8, messages: operations <= 100_000 });
  const began = performance.now();
  const html = report(input);
  writeFileSync(file, html);
  const ms = performance.now() - began;
  process.stdout.write(JSON.stringify({ ms, peakMb: process.resourceUsage().maxRSS / 1024 }));
}

async function measureAll(args: readonly string[]): Promise<void> {
  if (!hasBrowser) process.exit(2);
  const [baseline] = args.flatMap((one, i) => (args[i - 1] === '--baseline' ? [one] : []));
  const asked = args.filter((one) => /^\d+$/.test(one)).map(Number);
  const sides: readonly Side[] = [
    { name: 'here', main: fileURLToPath(import.meta.url) },
    ...(baseline === undefined ? [] : [{ name: 'baseline', main: join(baseline, 'dist/bench/report.js') }]),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-bench-'));
  console.log(`${cpus()[0]?.model} × ${cpus().length}, Node ${process.version}`);
  try {
    for (const size of asked.length > 0 ? asked : Object.keys(GOALS).map(Number)) await measure(size, sides, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A checkout whose reports are measured: its own file like this one writes them. */
interface Side {
  readonly name: string;
  readonly main: string;
}

type Figure = 'writeMs' | 'peakMb' | 'fileMb' | 'openMs' | 'frameMs' | 'slowFrameMs';
type Round = Readonly<Record<Figure, number>>;

const FIGURES: Readonly<Record<Figure, string>> = {
  writeMs: 'written, ms',
  peakMb: 'peak with the sample, MB',
  fileMb: 'file, MB',
  openMs: 'open, ms',
  frameMs: 'frame while zooming, median, ms',
  slowFrameMs: 'frame while zooming, 95%, ms',
};
const ROUNDS = 3;

/** The sides in turns, so that a busy machine is so for both; of each figure the median. */
async function measure(size: number, sides: readonly Side[], folder: string): Promise<void> {
  const rounds: readonly Round[][] = sides.map(() => []);
  for (let i = 0; i < ROUNDS; i++)
    for (const [s, { main }] of sides.entries()) rounds[s]!.push(await once(main, size, join(folder, `${s}.html`)));
  console.log(`${size.toLocaleString('en')} operations:`);
  for (const [figure, says] of Object.entries(FIGURES) as [Figure, string][]) {
    const [here, baseline] = rounds.map((all) => median(all.map((round) => round[figure])));
    const goal = figure === 'openMs' || figure === 'writeMs' ? (GOALS[size]?.[figure] ?? Infinity) : Infinity;
    const against = [
      ...(Number.isFinite(goal) ? [`goal ${goal}`] : []),
      ...(baseline === undefined ? [] : [`baseline ${baseline.toFixed(1)}, ratio ${(baseline / here!).toFixed(2)}`]),
    ].join('; ');
    console.log(`  ${says.padEnd(32)} ${here!.toFixed(1)}${against ? ` (${against})` : ''}`);
  }
}

async function once(main: string, size: number, file: string): Promise<Round> {
  const args = ['--max-old-space-size=4096', main, '--write', String(size), file];
  const { ms, peakMb } = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Record<
    'ms' | 'peakMb',
    number
  >;
  const browser = await launch();
  try {
    const { page } = await open(browser, readFileSync(file, 'utf8'), { hash: '#timeline' });
    await page.waitForSelector('html[data-ready]', { state: 'attached' });
    const openMs = (await page.evaluate(PAINTED)) as number;
    const frames = ((await page.evaluate(ZOOMING)) as number[]).sort((a, b) => a - b);
    return {
      ...{ writeMs: ms, peakMb, fileMb: statSync(file).size / 1e6, openMs },
      ...{ frameMs: median(frames), slowFrameMs: frames[Math.floor(frames.length * 0.95)] ?? Number.NaN },
    };
  } finally {
    await browser.close();
  }
}

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[all.length >> 1] ?? Number.NaN;
}

/** Milliseconds from the start of the navigation until the timeline has been painted. */
const PAINTED =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))';

/**
 * Turns the wheel on the timeline once a frame, in and out again and to the side, and returns how long each frame took.
 */
const ZOOMING = `new Promise((done) => {
  const stage = document.querySelector('.stage');
  const box = stage.getBoundingClientRect();
  const took = [];
  let last = performance.now();
  let turn = 0;
  const frame = (now) => {
    took.push(now - last);
    last = now;
    if (turn++ === 180) return done(took.slice(5));
    const deltaY = turn % 60 < 30 ? -60 : 60;
    const clientX = box.left + box.width * (0.3 + 0.4 * ((turn % 7) / 7));
    stage.dispatchEvent(new WheelEvent('wheel', { deltaY, clientX, clientY: box.top + 200, ctrlKey: true, cancelable: true }));
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})`;

if (process.argv[2] === '--write') write(Number(process.argv[3]), process.argv[4] ?? '');
else await measureAll(process.argv.slice(2));
