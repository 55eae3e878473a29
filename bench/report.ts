/**
 * The report: how long it takes to write and how much memory, how large it is, how long it takes to open in Chromium,
 * and how smoothly it zooms. `node dist/bench/report.js [sizes]`; needs a browser at /usr/bin/chromium or $CHROMIUM.
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

async function measureAll(asked: readonly number[]): Promise<void> {
  if (!hasBrowser) process.exit(2);
  const sizes = asked.length > 0 ? asked : Object.keys(GOALS).map(Number);
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-bench-'));
  console.log(`${cpus()[0]?.model} × ${cpus().length}, Node ${process.version}`);
  try {
    for (const size of sizes) await measure(size, join(folder, `${size}.html`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(size: number, file: string): Promise<void> {
  const args = ['--max-old-space-size=4096', fileURLToPath(import.meta.url), '--write', String(size), file];
  const written = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as {
    ms: number;
    peakMb: number;
  };
  const opens: number[] = [];
  let frames: number[] = [];
  for (let round = 0; round < 3; round++) {
    const browser = await launch();
    const { page } = await open(browser, readFileSync(file, 'utf8'), { hash: '#timeline' });
    await page.waitForSelector('html[data-ready]', { state: 'attached' });
    opens.push((await page.evaluate(PAINTED)) as number);
    if (round === 2) frames = (await page.evaluate(ZOOMING)) as number[];
    await browser.close();
  }
  opens.sort((a, b) => a - b);
  frames.sort((a, b) => a - b);
  const goal = GOALS[size];
  const against = (ms: number, most: number | undefined) =>
    most === undefined || !Number.isFinite(most)
      ? `${ms.toFixed(0)} ms`
      : `${ms.toFixed(0)} ms (${(ms / most).toFixed(2)} of ${most})`;
  console.log(
    [
      `${size.toLocaleString('en')} operations:`,
      `file ${(statSync(file).size / 1e6).toFixed(2)} MB`,
      `written in ${against(written.ms, goal?.writeMs)}, peak ${written.peakMb.toFixed(0)} MB with the sample`,
      `open in ${against(opens[1]!, goal?.openMs)}`,
      `frames while zooming: median ${frames[Math.floor(frames.length / 2)]?.toFixed(1)} ms, 95% ${frames[Math.floor(frames.length * 0.95)]?.toFixed(1)} ms`,
    ].join('\n  '),
  );
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
else await measureAll(process.argv.slice(2).map(Number));
