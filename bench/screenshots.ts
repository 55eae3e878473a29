/**
 * Takes the pictures in docs/, of real runs in the simulation: `node dist/bench/screenshots.js [NAMES]`, all of them
 * or those named. Needs a browser at /usr/bin/chromium or $CHROMIUM.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import type { SummaryRun } from '../harness/campaign/summary.ts';
import { simulate } from '../harness/clusters/simulation/simulate.ts';
import { runComparison } from '../harness/compare/compare.ts';
import { defaultComparison } from '../harness/compare/default.ts';
import type { Run } from '../harness/judging/result.ts';
import type { Setting } from '../harness/setting/plan.ts';
import { plan } from '../harness/setting/plan.ts';
import { campaignIndex } from '../report/campaign.ts';
import { comparisonPage } from '../report/comparison.ts';
import { report } from '../report/report.ts';
import { systems } from '../systems/registry.ts';
import { hasBrowser, launch, open } from '../test/report/browser.ts';
import { cellsOf } from '../test/report/sample.ts';
import { registerWorkload } from '../workloads/register.ts';
import type { Workload } from '../workloads/workload.ts';

const workload = registerWorkload as unknown as Workload;
const nodes = ['n1', 'n2', 'n3'];
const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

async function run(name: string, seed: number, faults: readonly string[]): Promise<Run> {
  const system = systems.find((one) => one.name === name);
  if (!system) throw new Error(`there is no system ${name}`);
  const setting: Setting = {
    system: name,
    workload: 'register',
    cluster: 'simulation',
    seed,
    nodes,
    options: { clients: 5, nodes, durationMs: 5000, ratePerSecond: 100, keys: 3, mix: { read: 1, write: 1 } },
    faults,
    callTimeoutMs: 500,
  };
  return simulate({ setting, plan: plan(setting, workload), system, workload, journal: true, claimsOnly: false });
}

/** The first run of a system whose seed shows this anomaly. */
async function refuted(name: string, anomaly: string): Promise<Run> {
  for (let seed = 1; seed <= 300; seed++) {
    const found = await run(name, seed, ['partition', 'crash', 'link', 'pause', 'clock']);
    const verdict = found.result.checkers.linearizable;
    if (verdict?.type === 'invalid' && verdict.anomalies[0].name === anomaly) return found;
  }
  throw new Error(`no seed up to 300 shows ${anomaly} in ${name}`);
}

async function campaign(): Promise<string> {
  const names = ['quorum/slide', 'quorum/abd', 'async-replication/slide', 'sync-replication/slide', 'no-replication'];
  const runs: SummaryRun[] = [];
  for (const name of names) {
    for (const faults of [['partition'], ['crash'], ['pause'], ['clock'], ['link']]) {
      const { result, history } = await run(name, 3, faults);
      const found = Object.values(result.checkers).flatMap((verdict) =>
        verdict.type === 'invalid' ? verdict.anomalies.map((anomaly) => anomaly.name) : [],
      );
      runs.push({
        id: `${name.replace('/', '-')}-${faults}-3`,
        folder: `${name.replace('/', '-')}-${faults}-3`,
        system: name,
        workload: 'register',
        faults,
        cluster: 'simulation',
        seed: 3,
        verdict: result.verdict,
        says: result.says,
        anomalies: result.verdict === 'invalid' ? [...new Set(found)] : [],
        ...(name.includes('slide') ? { expected: 'a slide, broken as drawn' } : {}),
        operations: history.length,
        ms: result.healedMs,
      });
    }
  }
  return campaignIndex({
    ...{ version: 2, made: runs.length, planned: runs.length, figures: [], ms: runs.map(({ ms }) => ms) },
    command: 'npx splitbrain campaign --cluster simulation',
    seed: 3,
    startedAt: '',
    runs,
    cells: cellsOf(runs),
    notes: [],
  });
}

interface Shot {
  readonly name: string;
  readonly html: string;
  readonly hash?: string;
  readonly dark?: boolean;
  readonly height?: number;
}

async function shoot(browser: Browser, { name, html, hash, dark, height }: Shot): Promise<void> {
  const { page } = await open(browser, html, {
    hash: hash ?? '',
    dark: dark ?? false,
    width: 1200,
    height: height ?? 820,
  });
  await page.waitForSelector('main section');
  await page.waitForTimeout(800);
  await page.screenshot({ path: `${docs}${name}.png` });
  await page.close();
}

/** A comparison of a few designs for registers. */
async function comparison(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-shots-'));
  const done = await runComparison(
    {
      ...defaultComparison(),
      systems: ['quorum/abd', 'sync-replication/sound', 'async-replication/sound', 'tunable-store/causal', 'cap/ap'],
      faults: ['none', 'partition', 'crash', 'clock'],
    },
    { out: join(folder, 'c'), command: 'npx splitbrain compare' },
  );
  rmSync(folder, { recursive: true });
  return comparisonPage(done.comparison);
}

/** A run that refutes its claim, with the operations that prove it. */
async function refutedPage(): Promise<{ readonly html: string; readonly proof: readonly number[] }> {
  const found = await refuted('quorum/no-write-back', 'stale-read');
  const command = `npx splitbrain run --system quorum/no-write-back --workload register --faults partition,crash,link,pause,clock --seed ${found.setting.seed} --cluster simulation`;
  const logs = Object.fromEntries([...found.logs].map(([node, lines]) => [node, lines.join('\n')]));
  const verdict = found.result.checkers.linearizable;
  const proof = verdict?.type === 'invalid' ? verdict.anomalies[0].operations : [];
  return { html: report({ ...found, logs, command }), proof };
}

/** Each page is made when one of its pictures is wanted. */
const PICTURES: Readonly<Record<string, () => Promise<Omit<Shot, 'name'>>>> = {
  verdict: async () => ({ html: (await refutedPage()).html }),
  'timeline-dark': async () => {
    const { html, proof } = await refutedPage();
    return { html, hash: `#op-${proof[1]}`, dark: true };
  },
  campaign: async () => ({ html: await campaign(), height: 640 }),
  comparison: async () => ({ html: await comparison(), hash: '#of-register-register', height: 900 }),
};

if (!hasBrowser) process.exit(2);
mkdirSync(docs, { recursive: true });
const wanted = process.argv.slice(2);
const browser = await launch();
for (const [name, picture] of Object.entries(PICTURES))
  if (wanted.length === 0 || wanted.includes(name)) await shoot(browser, { name, ...(await picture()) });
await browser.close();
