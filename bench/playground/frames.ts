/** What a frame of the animation costs, from a trace of Chromium: 5 nodes, and 200 messages on their way or more. */
import type { Browser } from 'playwright-core';
import { catalogue } from '../../playground/engine/catalogue.ts';
import { linkText } from '../../playground/link/codec.ts';
import { firstScenario, withNodes, withOptions } from '../../playground/page/choices.ts';
import { placed } from '../../playground/plan/placing.ts';
import { median, type Row } from './row.ts';

/** Where the run is played from: all links are slow by then. */
const FROM_MS = 600;
const PLAYED_MS = 4000;
const LEAST_IN_FLIGHT = 200;

/** An event of a trace; times in microseconds. */
interface Traced {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** Of these the thread's own time. */
  readonly tdur?: number;
}

/** A run with many clients over slow links, as a link to the moment from which it is played. */
async function busyLink(): Promise<string> {
  const all = catalogue();
  const many = { clients: 100, durationMs: 2000, ratePerSecond: 450 };
  const { setting } = withOptions(withNodes(firstScenario(all, 'quorum/abd'), 5), many);
  const slow = placed('delay', { at: setting.nodes, fromMs: 100, toMs: 1900, id: 0 }, setting);
  return linkText({ scenario: { setting, given: { faults: [slow] } }, atMs: FROM_MS });
}

/** Plays it, and takes of each frame the time that the page's thread was busy. */
export async function frameRows(browser: Browser, url: string): Promise<readonly Row[]> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${url}#play=${await busyLink()}`);
  await page.waitForSelector('#verdict[data-trace][aria-busy=false]', { timeout: 120_000 });
  await page.locator('#network').scrollIntoViewIfNeeded();
  // What follows the run, such as the variants under the same plan, is not of the animation.
  await page.locator('#side-by-side td.quiet').first().waitFor({ state: 'detached', timeout: 120_000 });
  await page.waitForTimeout(1000);
  await browser.startTracing(page, { categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  const flying: number[] = [];
  await page.locator('#network .play').click();
  for (let waited = 0; waited < PLAYED_MS; waited += 250) {
    await page.waitForTimeout(250);
    const [, number = '0'] = /(\d+) messages? on the way/.exec((await page.textContent('#network .now')) ?? '') ?? [];
    flying.push(Number(number));
  }
  const trace = JSON.parse((await browser.stopTracing()).toString('utf8')) as { readonly traceEvents: Traced[] };
  await page.close();
  const costs = costsOfFrames(trace.traceEvents);
  return [
    { what: 'messages in flight while it is played', value: median(flying), unit: '', least: LEAST_IN_FLIGHT },
    { what: 'a frame of the animation, median', value: median(costs), unit: 'ms', most: 8 },
    { what: `a frame, the slowest twentieth of ${costs.length}`, value: at(costs, 0.95), unit: 'ms' },
  ];
}

function at(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

/**
 * Milliseconds a frame: all tasks of the thread that animates, from one frame's script to the next: scripts, styles,
 * layout, painting and handing over.
 */
function costsOfFrames(events: readonly Traced[]): readonly number[] {
  const animations = new Map<string, Traced[]>();
  for (const event of events) {
    if (event.name !== 'FireAnimationFrame') continue;
    const known = animations.get(threadOf(event));
    if (known) known.push(event);
    else animations.set(threadOf(event), [event]);
  }
  const [thread, frames = []] = [...animations].sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  if (frames.length < 20) throw new Error(`the trace has ${frames.length} frames, too few to be measured`);
  const tasks = events.filter((event) => event.name === 'RunTask' && event.ph === 'X' && threadOf(event) === thread);
  const begins = [...new Set(frames.map((frame) => taskOf(frame, tasks)?.ts ?? frame.ts))].sort((a, b) => a - b);
  return begins.slice(0, -1).map((from, i) => {
    const own = tasks.filter(({ ts }) => ts >= from && ts < begins[i + 1]!);
    return own.reduce((sum, { tdur, dur = 0 }) => sum + (tdur ?? dur), 0) / 1000;
  });
}

const threadOf = ({ pid, tid }: Traced): string => `${pid} ${tid}`;

/** The task within which it happened. */
function taskOf({ ts }: Traced, tasks: readonly Traced[]): Traced | undefined {
  return tasks.find((task) => task.ts <= ts && ts < task.ts + (task.dur ?? 0));
}
