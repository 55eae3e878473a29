/** The same setting makes the same run in Node.js and in a page, to the last byte. */
import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inMacrotask } from '../../harness/clusters/simulation/macrotask.ts';
import { fits } from '../../harness/setting/fitting.ts';
import type { Setting } from '../../harness/setting/plan.ts';
import { forPage } from '../../playground/for-page.mjs';
import { systems } from '../../systems/registry.ts';
import { workloads } from '../../workloads/registry.ts';
import { smallSetting } from '../harness/scenes.ts';
import { hasBrowser, launch } from '../report/browser.ts';
import { record } from './record.ts';

const RUNS = Number(process.env.SETTINGS ?? 500);
const FAULTS = ['partition', 'link', 'crash', 'pause', 'clock', 'disk', 'membership'];

/** Every design in turn, each time with the next of its workloads, all faults and another seed. */
function settings(): readonly Setting[] {
  const possible = systems.map((system) => ({
    system,
    fitting: workloads.filter((workload) => fits(workload, system)),
  }));
  return Array.from({ length: RUNS }, (_, i) => {
    const { system, fitting } = possible[i % possible.length]!;
    const workload = fitting[Math.floor(i / possible.length) % fitting.length]!;
    const { options, ...rest } = smallSetting(i + 1, { system: system.name, workload: workload.name, faults: FAULTS });
    return { ...rest, options: { ...options, mix: workload.mix } };
  });
}

let bundle: string;
let browser: Awaited<ReturnType<typeof launch>>;

beforeAll(async () => {
  if (!hasBrowser) return;
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    plugins: [forPage()],
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry: fileURLToPath(new URL('record.ts', import.meta.url)), formats: ['iife'], name: 'recorded' },
    },
  })) as Rolldown.RolldownOutput[];
  bundle = built[0]!.output[0].code;
  browser = await launch();
});
afterAll(() => browser?.close());

test.skipIf(!hasBrowser)(`${RUNS} settings over all designs make the same bytes`, async () => {
  const all = settings();
  const page = await (await browser.newContext({ offline: true })).newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.addScriptTag({ content: bundle });
  const inPage = await page.evaluate(
    (settings) => settings.map((one) => (globalThis as unknown as { record(of: unknown): string }).record(one)),
    all,
  );
  for (const [i, setting] of all.entries()) {
    const expected = await inMacrotask(() => record(setting));
    if (inPage[i] !== expected) expect.fail(difference(setting, expected, inPage[i]!));
  }
  expect(complaints).toEqual([]);
  // What ends at once would be the same everywhere.
  expect(inPage.filter((text) => text.split('\n').length > 50).length).toBeGreaterThan(0.9 * RUNS);
});

function difference({ system, workload, seed }: Setting, expected: string, found: string): string {
  const lines = expected.split('\n');
  const at = lines.findIndex((line, i) => line !== found.split('\n')[i]);
  return `${system} with ${workload}, seed ${seed}, line ${at}\nNode.js: ${lines[at]}\npage:    ${found.split('\n')[at]}`;
}
