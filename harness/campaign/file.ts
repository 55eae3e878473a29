/** Reads a campaign file. Whatever is wrong with it is refused with line, path and the nearest valid name, before anything starts. */
import { workloads } from '../../workloads/registry.ts';
import { BadInput } from '../failure.ts';
import { faultNames } from '../faults/draw.ts';
import { RUN_DEFAULTS, RUN_KEYS } from '../setting/run-keys.ts';
import { readClaims } from './claims.ts';
import { type Document, type Path, valueDocument } from './document.ts';
import { readExpectations } from './expectations.ts';
import type { Matrix } from './matrix.ts';
import { atLeast, duration, type Key, listOf, oneOf, type Reader, rate, readObject, systemName } from './readers.ts';

const group: Reader<string> = (value, path, document) => {
  const names = Array.isArray(value) ? value : [value];
  names.forEach((name: unknown, i) => {
    const at = Array.isArray(value) ? [...path, i] : path;
    if (typeof name !== 'string') document.refuse(at, `the name of a fault is needed, not ${JSON.stringify(name)}`);
    else if (name === '') document.refuse(at, 'no fault is called ""; to have none, say none');
    else refusing(document, at, () => faultNames(name.split(',').map((one) => one.trim())));
  });
  return names.join(',');
};

/** Says where it is what a function refuses. */
function refusing<T>(document: Document, path: Path, task: () => T): T {
  try {
    return task();
  } catch (error) {
    if (error instanceof BadInput) return document.refuse(path, error.message);
    throw error;
  }
}

const budget: Reader = (value, path, document) =>
  readObject(value, path, document, { time: { as: 'ms', read: duration }, runs: { as: 'runs', read: atLeast(1) } });

/** How the numbers of a run are read, by what a file calls them. */
function runKeys(): Record<string, Key & { readonly as: keyof typeof RUN_KEYS }> {
  const readers = { count: atLeast(1), duration, rate };
  return Object.fromEntries(
    Object.entries(RUN_KEYS).map(([as, { name, type }]) => [
      name,
      { as: as as keyof typeof RUN_KEYS, read: readers[type] },
    ]),
  );
}

const KEYS: Readonly<Record<string, Key & { readonly as: keyof Matrix | '$schema' }>> = {
  $schema: { as: '$schema', read: (value) => value },
  systems: { as: 'systems', read: listOf('systems', systemName) },
  workloads: {
    as: 'workloads',
    read: listOf(
      'workloads',
      oneOf('workload', () => workloads.map(({ name }) => name)),
    ),
  },
  faults: { as: 'faults', read: listOf('faults', group) },
  seeds: { as: 'seeds', read: atLeast(1) },
  seed: { as: 'seed', read: atLeast(0) },
  cluster: { as: 'cluster', read: oneOf('cluster', () => ['processes', 'simulation']) },
  ...runKeys(),
  timeout: { as: 'callTimeoutMs', read: duration },
  budget: { as: 'budget', read: budget },
  claims: { as: 'claims', read: readClaims },
  expectations: { as: 'expectations', read: readExpectations },
};

/** What a campaign file need not say. */
export const DEFAULTS: Omit<Matrix, 'systems'> = {
  faults: ['partition', 'crash', 'pause', 'clock', 'link'],
  seeds: 1,
  seed: 1,
  cluster: 'processes',
  ...RUN_DEFAULTS,
  expectations: [],
};

/** The matrix that a campaign file stands for. Throws `BadInput` with what is wrong, and where. */
export function matrixIn(document: Document): Matrix {
  const { $schema: _, ...given } = readObject(document.value, [], document, KEYS);
  if (!given.systems) return document.refuse([], 'systems is missing: list what to run');
  return { ...DEFAULTS, ...given } as unknown as Matrix;
}

/** The same, of a value that was read elsewhere; `file` is what errors name. */
export function parseMatrix(value: unknown, file: string): Matrix {
  return matrixIn(valueDocument(value, file));
}
