/** The JSON Schema of a campaign file, from the same registries that the file is read with: editors complete names by it. */
import { systems } from '../../systems/registry.ts';
import { workloads } from '../../workloads/registry.ts';
import { MIXES, NAMED } from '../faults/draw.ts';
import { RUN_KEYS, type RunKey, writtenValue } from '../setting/run-keys.ts';
import { CLAIM_WORDS, judgedModels } from './claims.ts';

const DURATION = { type: 'string', pattern: '^\\d+(\\.\\d+)?(ms|s|m|h)$', examples: ['500ms', '10s', '2m'] };
const whole = (minimum: number, description: string, value?: number) => ({
  type: 'integer',
  minimum,
  description,
  ...(value === undefined ? {} : { default: value }),
});
const list = (items: object, description: string) => ({ type: 'array', items, minItems: 1, description });
const object = (properties: object, required: readonly string[], description: string) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
  description,
});

/** The schema as a value, draft 2020-12. */
export function campaignSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A campaign of splitbrain',
    ...object(
      properties(),
      ['systems'],
      'Every system with every workload under every group of faults, with several seeds each.',
    ),
    $defs: {
      system: {
        anyOf: [
          { enum: systems.map(({ name }) => name), description: 'a system that comes along' },
          { type: 'string', pattern: '^(\\.{0,2}[/\\\\]|file:)', description: 'a module of your own: ./my.js#export' },
        ],
      },
      fault: {
        anyOf: [
          { enum: [...Object.keys(MIXES), ...Object.keys(NAMED)] },
          { type: 'string', pattern: ',', description: 'several at once, with commas between them' },
        ],
      },
      duration: DURATION,
      claim: claim(),
      expectation: expectation(),
    },
  };
}

function schemaOf(key: RunKey): object {
  const described = { description: key.says, default: writtenValue(key) };
  if (key.type === 'duration') return { $ref: '#/$defs/duration', ...described };
  return key.type === 'count'
    ? { type: 'integer', minimum: 1, ...described }
    : { type: 'number', exclusiveMinimum: 0, ...described };
}

function properties(): object {
  return {
    $schema: { type: 'string' },
    systems: list({ $ref: '#/$defs/system' }, 'what is run'),
    workloads: list(
      { enum: workloads.map(({ name }) => name) },
      'what clients do; left out, every workload of a system’s datatype',
    ),
    faults: list(
      { anyOf: [{ $ref: '#/$defs/fault' }, list({ $ref: '#/$defs/fault' }, 'several at once')] },
      'groups of faults, each a cell: a name, or a list of names for several at once',
    ),
    seeds: whole(1, 'seeds for each cell', 1),
    seed: whole(0, 'the first seed', 1),
    cluster: { enum: ['processes', 'simulation'], default: 'processes', description: 'where systems run' },
    ...Object.fromEntries(Object.values(RUN_KEYS).map((key) => [key.name, schemaOf(key)])),
    timeout: {
      $ref: '#/$defs/duration',
      description:
        'how long a client waits for an answer; left out, 1s, simulated 500ms, and at most a third of the time',
    },
    budget: object(
      {
        time: { $ref: '#/$defs/duration', description: 'start no run after this' },
        runs: whole(1, 'make no more runs'),
      },
      [],
      'when to stop though there are runs left; what was not run is said, and a cell without a run is unknown',
    ),
    claims: list({ $ref: '#/$defs/claim' }, 'what systems are held to here, in place of their own claims'),
    expectations: {
      type: 'array',
      items: { $ref: '#/$defs/expectation' },
      description: 'known anomalies; an expectations.json beside the file replaces them',
    },
  };
}

function claim(): object {
  const words = (names: readonly string[], description: string) => ({ enum: names, description });
  return object(
    {
      system: { type: 'string', description: 'whose claim it is; left out, every system’s' },
      model: words(judgedModels(), 'the model or property that histories keep'),
      under: { type: 'array', items: { enum: CLAIM_WORDS.under }, description: 'the kinds of fault tolerated' },
      available: words(CLAIM_WORDS.available, 'who is answered while a fault lasts'),
      durable: words(CLAIM_WORDS.durable, 'whether acknowledged writes survive'),
      converges: { type: 'boolean', description: 'replicas agree once faults have ended' },
      recovers: { $ref: '#/$defs/duration', description: 'how soon after a fault all nodes answer again' },
      recoversMs: whole(0, 'the same in ms, as results have it'),
    },
    ['model', 'under'],
    'a claim',
  );
}

function expectation(): object {
  return object(
    {
      system: { type: 'string' },
      anomalies: list({ type: 'string' }, 'names of anomalies that are no surprise'),
      workload: { type: 'string', description: 'left out, every workload' },
      reason: { type: 'string', minLength: 1, description: 'why it is known and lived with' },
      expires: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$', description: 'from this day on it counts no more' },
    },
    ['system', 'anomalies', 'reason'],
    'a known anomaly',
  );
}
