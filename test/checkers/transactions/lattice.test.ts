import { existsSync, readFileSync } from 'node:fs';
import {
  boundary,
  impliedAnomalies,
  impliedModels,
  impossibleModels,
  lattice,
  modelName,
  modelsRuledOut,
  prohibitedAnomalies,
  strongestModels,
  weakestModels,
} from 'elle-ts';
import { describe, expect, it } from 'vitest';

interface Row {
  readonly id: string;
  readonly function: string;
  readonly input: string | readonly string[];
  readonly expect: unknown;
}

const corpus = new URL('../../../../shared/corpus/', import.meta.url);
const files = ['elle-consistency-model.jsonl', 'elle-consistency-model-table.jsonl'];
const rows = existsSync(corpus)
  ? files.flatMap((file) =>
      readFileSync(new URL(file, corpus), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Row),
    )
  : [];

const names = (list: unknown) => [...new Set((list as string[]).map((name) => modelName(name)))].sort();

function agree(row: Row): void {
  const input = typeof row.input === 'string' ? [row.input] : row.input;
  const want = row.expect as { throws?: boolean; not?: string[]; 'also-not'?: string[] };
  if (want?.throws) {
    expect(() => prohibitedAnomalies(input[0] as string), row.id).toThrow(RangeError);
    return;
  }
  if (row.function === 'friendly-boundary') {
    const got = boundary(input);
    if (want.not) expect(got.not, row.id).toEqual(names(want.not));
    if (want['also-not']) expect(got.alsoNot, row.id).toEqual(names(want['also-not']));
    return;
  }
  const returned: Record<string, () => readonly string[]> = {
    'canonical-model-name': () => names(input),
    'anomalies-prohibited-by': () => prohibitedAnomalies(input[0] as string),
    'all-implied-anomalies': () => impliedAnomalies(input),
    'all-implied-models': () => impliedModels(input),
    'all-impossible-models': () => impossibleModels(input),
    'anomalies->impossible-models': () => modelsRuledOut(input),
    'weakest-models': () => weakestModels(input),
    'strongest-models': () => strongestModels(input),
  };
  const anomalies = row.function.endsWith('anomalies') || row.function.startsWith('anomalies-prohibited');
  const expected = typeof row.expect === 'string' ? [row.expect] : (row.expect as string[]);
  expect(returned[row.function]?.(), row.id).toEqual(anomalies ? [...expected].sort() : names(expected));
}

describe('the lattice of consistency models', () => {
  it.skipIf(rows.length === 0)('returns every row of the reference tables', () => {
    expect(rows.length).toBeGreaterThan(200);
    for (const row of rows) agree(row);
  });

  it('has no cycle and names no model that is not in it', () => {
    for (const [from, tos] of Object.entries(lattice.implies))
      for (const to of tos) {
        expect(Object.hasOwn(lattice.implies, to), `${from} -> ${to}`).toBe(true);
        expect(impliedModels([to], lattice), `${to} -> ${from}`).not.toContain(from);
      }
  });

  it('lets no model of one object order the writes of PRAM', () => {
    expect(impliedModels(['PRAM'], lattice)).toEqual(['PRAM']);
    expect(impliedModels(['CM'], lattice)).not.toContain('monotonic-reads');
    expect(impliedModels(['strong-session-snapshot-isolation'], lattice)).toContain('causal');
  });

  it('refuses an unknown name with the names there are', () => {
    expect(() => modelName('stricct-snappshot-isolation')).toThrow(/no consistency model is called stricct/);
  });
});
