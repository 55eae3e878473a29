import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDocument, valueDocument } from '../../../harness/campaign/document.ts';
import { readExpectations } from '../../../harness/campaign/expectations.ts';
import { campaignSchema, matrixIn } from '../../../harness/campaign/file.ts';
import { planOf } from '../../../harness/campaign/matrix.ts';
import { BadInput } from '../../../harness/failure.ts';
import { namedHere } from '../../../harness/setting/module-path.ts';
import { RUN_KEYS, writtenValue } from '../../../harness/setting/run-keys.ts';
import { prepare } from '../../../harness/setting/setting.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'splitbrain-file-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(text: string): string {
  const file = join(folder, 'campaign.yaml');
  writeFileSync(file, text);
  return file;
}

/** What reading this is refused with; without the folder. */
function refusal(text: string): string {
  try {
    matrixIn(readDocument(fileOf(text)));
    return 'accepted';
  } catch (error) {
    expect(error).toBeInstanceOf(BadInput);
    return (error as Error).message.replace(`${folder}/`, '');
  }
}

const WHOLE = `
systems:
  - quorum/abd
  - ./my.js#mine
workloads: [register]
faults: [none, partition, [crash, link]]
seeds: 20
seed: 7
cluster: simulation
nodes: 5
clients: 12
time: 4s
rate: 0.5
keys: 2
timeout: 300ms
budget: { time: 10m, runs: 300 }
claims:
  - model: linearizable
    under: [partition, crash]
    available: majority
    recovers: 2s
  - { system: quorum/abd, model: eventual, under: [link] }
expectations:
  - { system: quorum/abd, anomalies: [stale-read], reason: known, expires: 2027-01-31 }
`;

describe('a campaign file', () => {
  it('is YAML', () => {
    const matrix = matrixIn(readDocument(fileOf(WHOLE)));
    expect(matrix).toMatchObject({
      systems: ['quorum/abd', namedHere(folder, './my.js#mine')],
      faults: ['none', 'partition', 'crash,link'],
      ...{ seeds: 20, nodes: 5, durationMs: 4000, ratePerSecond: 0.5, callTimeoutMs: 300 },
      budget: { ms: 600_000, runs: 300 },
    });
    expect(matrix.claims![0]).toEqual({
      ...{ model: 'linearizable', under: ['partition', 'crash'], available: 'majority' },
      ...{ durable: 'no', converges: false, recoversMs: 2000 },
    });
  });

  it('or JSON, and says nothing that has a default', () => {
    expect(matrixIn(readDocument(fileOf('{"systems": ["quorum/abd"]}')))).toEqual({
      ...Object.fromEntries(Object.entries(RUN_KEYS).map(([field, { value }]) => [field, value])),
      systems: ['quorum/abd'],
      faults: ['partition', 'crash', 'pause', 'clock', 'link'],
      ...{ seeds: 1, seed: 1, cluster: 'processes', expectations: [] },
    });
  });

  it.each([
    [
      'systems: [quorum/abd]\nfault: [crash]',
      'campaign.yaml:2: fault: no key is called "fault": did you mean faults or',
    ],
    ['systems:\n  - quorum/abd\n  - quorum/abf', 'campaign.yaml:3: systems[1]: no system is called "quorum/abf"'],
    [
      'systems: [quorum/abd]\nfaults:\n  - crash\n  - [link, partitoin]',
      'campaign.yaml:4: faults[1][1]: no fault is called "partitoin"',
    ],
    [
      'systems: [quorum/abd]\nworkloads: [registr]',
      'campaign.yaml:2: workloads[0]: no workload is called "registr": did you mean register',
    ],
    ['systems: [quorum/abd]\n\ntime: 10', 'campaign.yaml:3: time: a duration is written 500ms, 10s, 2m or 1h, not 10'],
    ['systems: [quorum/abd]\ntime: 0s', 'campaign.yaml:2: time: a duration is above nothing'],
    [
      'systems: [quorum/abd]\nbudget:\n  tmie: 10m',
      'campaign.yaml:3: budget.tmie: no key is called "tmie": did you mean time?',
    ],
    ['systems: [quorum/abd]\nclaims: [{ model: "", under: [] }]', 'campaign.yaml:2: claims[0].model: it is empty'],
    [
      'systems: [quorum/abd]\nclaims: [{ model: linearizable }]',
      'campaign.yaml:2: claims[0].under: it is missing: list the kinds of fault',
    ],
    ['systems: [quorum/abd]\nseeds: -3', 'campaign.yaml:2: seeds: a whole number from 1 on is needed, not -3'],
    ['systems: [quorum/abd]\nseeds: 1.5', 'campaign.yaml:2: seeds: a whole number'],
    ['systems: [quorum/abd]\nseeds: 1\nseeds: 2', 'campaign.yaml:3: Map keys must be unique'],
    ['systems: [quorum/abd', 'campaign.yaml:'],
    ['{"systems": ["quorum/abd"],\n "cluster": "moon"}', 'campaign.yaml:2: cluster: no cluster is called "moon"'],
    ['', 'campaign.yaml'],
    ['- quorum/abd', 'campaign.yaml:1: an object is needed'],
    [
      'systems: [quorum/abd]\nexpectations: [{ system: quorum/abf, anomalies: [y], reason: z }]',
      'campaign.yaml:2: expectations[0].system: no system is called "quorum/abf": did you mean quorum/abd?',
    ],
    [
      'systems: [quorum/abd]\nexpectations: [{ system: quorum/abd, anomalies: [y] }]',
      'campaign.yaml:2: expectations[0].reason: it is missing',
    ],
    [
      'systems: [quorum/abd]\nexpectations: [{ system: quorum/abd, anomalies: [y], reason: z, expires: soon }]',
      'campaign.yaml:2: expectations[0].expires: it is no date',
    ],
  ])('is refused with line, path and the nearest name: %j', (text, says) => {
    expect(refusal(text)).toMatch(new RegExp(`^${says.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
  });

  it('that does not exist is refused', () => {
    expect(() => readDocument(join(folder, 'none.yaml'))).toThrow(/there is no file .*none\.yaml/);
  });

  it('has a published schema that accepts what is read and refuses what is not', () => {
    const published = JSON.parse(
      readFileSync(new URL('../../../campaign.schema.json', import.meta.url), 'utf8'),
    ) as object;
    expect(published).toEqual(campaignSchema());
    const ajv = new Ajv2020({ allErrors: true });
    const accepts = ajv.compile(published);
    const document = readDocument(fileOf(WHOLE));
    expect(accepts(document.value), ajv.errorsText(accepts.errors)).toBe(true);
    for (const text of [
      'fault: [crash]',
      'seeds: 0',
      'time: 10',
      'cluster: moon',
      'faults: [partitoin]',
      'budget: { tmie: 1m }',
    ])
      expect(accepts(readDocument(fileOf(`systems: [quorum/abd]\n${text}`)).value), text).toBe(false);
    expect(accepts({})).toBe(false);
  });
});

/** Places in the file above, and what may stand there by mistake. */
const PLACES = [
  ['systems'],
  ['systems', 0],
  ['workloads', 0],
  ['faults'],
  ['faults', 1],
  ['faults', 2, 0],
  ['seeds'],
  ['seed'],
  ['cluster'],
  ['nodes'],
  ['time'],
  ['rate'],
  ['timeout'],
  ['budget'],
  ['budget', 'time'],
  ['budget', 'runs'],
  ['claims'],
  ['claims', 0],
  ['claims', 0, 'model'],
  ['claims', 0, 'under'],
  ['claims', 0, 'under', 0],
  ['claims', 0, 'available'],
  ['claims', 0, 'recovers'],
  ['claims', 1, 'system'],
  ['expectations', 0, 'anomalies'],
  ['expectations', 0, 'reason'],
  ['expectations', 0, 'expires'],
  ['strange'],
  ['budget', 'strange'],
] as const;
const mistakes = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom('register', 'linearizable', 'crash', 'crash,link', 'crash,lnik', '5s', '25h', './x.js', '2027-13-45'),
  fc.integer({ min: -1, max: 5 }),
);

it('what is read and what the schema accepts are the same, and every refusal is ours, with its place', () => {
  const accepts = new Ajv2020({ allErrors: true }).compile(campaignSchema());
  const whole = readDocument(fileOf(WHOLE)).value;
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...PLACES), mistakes, (path, mistake) => {
      const value = structuredClone(whole);
      let inner = value as Record<string | number, unknown>;
      for (const step of path.slice(0, -1)) inner = inner[step] as Record<string | number, unknown>;
      inner[path.at(-1)!] = mistake;
      let says = '';
      try {
        matrixIn(valueDocument(value, 'c'));
      } catch (error) {
        says = (error as Error).message;
        refused++;
      }
      expect(says, 'words of the library').not.toMatch(/Invalid|Too |expected|Unrecognized/);
      if (says !== '') expect(says.startsWith(`c: ${path[0]}`), says).toBe(true);
      // What a pattern cannot tell is left to reading.
      if (!/at most a day|no date|no fault/.test(says)) expect(accepts(value), says).toBe(says === '');
    }),
    { numRuns: 3000, seed: 1 },
  );
  expect(refused).toBeGreaterThan(1000);
});

it('a list of expectations is refused with its line', () => {
  const file = join(folder, 'expectations.json');
  writeFileSync(
    file,
    '[\n  { "system": "single-copy", "anomalies": ["b"], "reason": "c" },\n  { "system": "single-copy", "anomalies": [], "reason": "c" }\n]\n',
  );
  const document = readDocument(file);
  expect(() => readExpectations(document)).toThrow(/expectations\.json:3: \[1\]\.anomalies: a list of anomalies/);
});

it('a campaign of one cell and a run with the same words are the same experiment', async () => {
  const document = valueDocument({ systems: ['quorum/abd'], workloads: ['register'], faults: ['partition'] }, 'x');
  const planned = (await planOf(matrixIn(document))).at(0);
  const { cluster = 'processes', seed } = planned.wanted;
  const words = { system: 'quorum/abd', workload: 'register', faults: ['partition'], cluster, seed } as const;
  const [ofCampaign, ofRun] = await Promise.all([prepare(planned.wanted), prepare(words)]);
  expect(ofCampaign.setting).toEqual(ofRun.setting);
  expect(ofCampaign.plan).toEqual(ofRun.plan);
  const properties = (campaignSchema() as { properties: Record<string, { default?: unknown }> }).properties;
  for (const key of Object.values(RUN_KEYS)) expect(properties[key.name]?.default).toBe(writtenValue(key));
});
