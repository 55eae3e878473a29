/** Reads a campaign file. Whatever is wrong with it is refused with the path of the offending key, before anything starts. */
import { BadInput } from '../failure.ts';
import { unknownName } from '../nearest.ts';
import { type Expectation, parseExpectations } from './expectations.ts';
import type { Matrix } from './matrix.ts';

type Reader = (value: unknown, path: string) => unknown;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

const names: Reader = (value, path) => {
  if (!Array.isArray(value) || value.length === 0 || value.some((name) => typeof name !== 'string'))
    throw new BadInput(`${path}: a list of names is needed`);
  return value;
};

const groups: Reader = (value, path) => {
  if (!Array.isArray(value) || value.length === 0) throw new BadInput(`${path}: a list of faults is needed`);
  return value.map((group: unknown, i) =>
    Array.isArray(group)
      ? (names(group, `${path}[${i}]`) as string[]).join(',')
      : names([group], `${path}[${i}]`) && group,
  );
};

const count: Reader = (value, path) => {
  if (typeof value !== 'number' || !(value > 0) || !Number.isFinite(value))
    throw new BadInput(`${path}: a number above 0 is needed, not ${JSON.stringify(value)}`);
  return value;
};

const whole: Reader = (value, path) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw new BadInput(`${path}: a whole number is needed, not ${JSON.stringify(value)}`);
  return value;
};

const duration: Reader = (value, path) => {
  const [, size, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(String(value)) ?? [];
  if (!size || !unit)
    throw new BadInput(`${path}: a duration is written 500ms, 10s or 2m, not ${JSON.stringify(value)}`);
  return Number(size) * UNITS[unit]!;
};

const cluster: Reader = (value, path) => {
  if (value !== 'processes' && value !== 'simulation')
    throw new BadInput(`${path}: processes or simulation, not ${JSON.stringify(value)}`);
  return value;
};

/** The keys of a campaign file: how each is read, and which part of a matrix it is. */
const KEYS: Readonly<Record<string, { readonly as: keyof Matrix; readonly read: Reader }>> = {
  systems: { as: 'systems', read: names },
  workloads: { as: 'workloads', read: names },
  faults: { as: 'faults', read: groups },
  seeds: { as: 'seeds', read: count },
  seed: { as: 'seed', read: whole },
  cluster: { as: 'cluster', read: cluster },
  nodes: { as: 'nodes', read: count },
  clients: { as: 'clients', read: count },
  time: { as: 'durationMs', read: duration },
  rate: { as: 'ratePerSecond', read: count },
  keys: { as: 'keys', read: count },
  timeout: { as: 'callTimeoutMs', read: duration },
  expectations: {
    as: 'expectations',
    read: parseExpectations as (value: unknown, path: string) => readonly Expectation[],
  },
};

const DEFAULTS: Omit<Matrix, 'systems'> = {
  faults: ['partition', 'crash', 'pause', 'clock', 'link'],
  seeds: 1,
  seed: 1,
  cluster: 'processes',
  nodes: 3,
  clients: 9,
  durationMs: 3000,
  ratePerSecond: 150,
  keys: 4,
  callTimeoutMs: 500,
  expectations: [],
};

export function parseMatrix(value: unknown, file: string): Matrix {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new BadInput(`${file}: an object is needed`);
  const matrix: Record<string, unknown> = { ...DEFAULTS };
  for (const [name, given] of Object.entries(value)) {
    const key = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
    if (!key) throw new BadInput(`${file}: ${unknownName('key', name, Object.keys(KEYS))}`);
    matrix[key.as] = key.read(given, `${file}: ${name}`);
  }
  if (!matrix.systems) throw new BadInput(`${file}: systems is missing: list what to run`);
  return matrix as unknown as Matrix;
}
