/** What somebody claims or expects of levels, held against a measurement. */
import { readFileSync } from 'node:fs';
import { impliedModels, impossibleModels, modelName } from 'elle-ts';
import { z } from 'zod';
import { BadInput, unreadText } from '../harness/failure.ts';
import { unknownName } from '../harness/setting/suggestions.ts';
import type { Measurement } from './result.ts';

/** `serializable=strict-serializable`: that a level keeps a model. */
export interface LevelClaim {
  readonly level: string;
  readonly model: string;
}

/** What became of claims and expectations: a line each. */
export interface Held {
  readonly refuted: readonly string[];
  readonly undecided: readonly string[];
  readonly kept: readonly string[];
  readonly notes: readonly string[];
}

/** Reads `LEVEL=MODEL`. Throws `BadInput` where it is none, or no such model can be told. */
export function claimIn(text: string): LevelClaim {
  const [, level = '', model = ''] = /^(.+)=([^=]+)$/.exec(text) ?? [];
  if (level === '')
    throw new BadInput(`--claim takes LEVEL=MODEL, as in serializable=strict-serializable, not "${text}"`);
  try {
    return { level, model: modelName(model) };
  } catch (error) {
    throw new BadInput(`--claim ${text}: ${(error as Error).message}`);
  }
}

/** Holds claims against what was measured. Throws `BadInput` where a claim is of no level that was. */
export function judgeClaims({ levels }: Measurement, claims: readonly LevelClaim[]): Held {
  const held = { refuted: [] as string[], undecided: [] as string[], kept: [] as string[], notes: [] };
  for (const { level, model } of claims) {
    const found = levels.find(({ name }) => name === level);
    if (!found)
      throw new BadInput(
        unknownName(
          'level',
          level,
          levels.map(({ name }) => name),
        ),
      );
    const says = `${level} is claimed to be ${model}`;
    if (impossibleModels(found.refuted).includes(model)) {
      const seen = found.cells.filter(({ state }) => state === 'seen').map(({ column }) => column);
      held.refuted.push(`${says}: refuted; ${seen.length > 0 ? `seen: ${seen.join(', ')}` : 'see the models'}`);
    } else if (impliedModels(found.held).includes(model))
      held.kept.push(`${says}: not refuted in ${found.rounds} rounds`);
    else held.undecided.push(`${says}: not decided`);
  }
  return held;
}

/** As much of a stored measurement as is compared. */
const stored = z.object({
  isolation: z.literal(1),
  database: z.string(),
  levels: z.array(
    z.object({
      name: z.string(),
      cells: z.array(z.object({ column: z.string(), state: z.enum(['seen', 'prevented', 'not seen', 'not judged']) })),
    }),
  ),
});

export type Expectation = z.infer<typeof stored>;

/** Reads a table that `--json` wrote. Throws `BadInput` where it is none. */
export function expectationIn(file: string): Expectation {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new BadInput(`--expect: ${error instanceof SyntaxError ? `${file} is no JSON` : unreadText(file, error)}`);
  }
  const read = stored.safeParse(json);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  throw new BadInput(`--expect ${file}: ${path.join('.') || 'the file'}: ${message}; it takes what --json wrote`);
}

/** What is seen now that was not before, and the reverse, which is only a note. */
export function compareWith({ levels }: Measurement, expected: Expectation): Held {
  const held = { refuted: [] as string[], undecided: [], kept: [] as string[], notes: [] as string[] };
  for (const { name, cells } of expected.levels) {
    const now = levels.find((level) => level.name === name);
    if (!now) {
      held.notes.push(`${name} is expected and was not measured`);
      continue;
    }
    for (const { column, state } of cells) {
      const cell = now.cells.find((one) => one.column === column);
      if (!cell) held.notes.push(`${name}: there is no column ${column} any more`);
      else if (cell.state === 'seen' && (state === 'prevented' || state === 'not seen'))
        held.refuted.push(`${name}: ${column} is seen, and was expected to be ${state}`);
      else if (state === 'seen' && cell.state !== 'seen')
        held.notes.push(`${name}: ${column} was seen once and is ${cell.state} now`);
    }
  }
  if (held.refuted.length === 0) held.kept.push(`nothing is seen that was not expected (${expected.database})`);
  return held;
}
