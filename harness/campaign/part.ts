/**
 * What a campaign's folder says of the part of the campaign that
 * is in it, in shard.json: what `merge` cannot see from the runs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadInput } from '../failure.ts';
import { writeWhole } from '../store/whole-file.ts';
import { valueDocument } from './document.ts';
import { type Expectation, expectations as listed } from './expectations.ts';
import { readAs } from './values.ts';

export interface Part {
  /** The shards in it, `[2, 5]` for the second of five; `[1, 1]` is the whole campaign. */
  readonly shards: readonly (readonly [part: number, of: number])[];
  /** How the whole campaign is repeated. */
  readonly command: string;
  /** The campaign's file, seen from the working folder. */
  readonly file?: string;
  readonly startedAt: string;
  readonly expectations: readonly Expectation[];
}

const NAME = 'shard.json';

/** Writes it before the first run is made. Throws `HarnessFailure` where it cannot. */
export function writePart(folder: string, part: Part): void {
  writeWhole(join(folder, NAME), `${JSON.stringify(part, null, 2)}\n`);
}

/** Reads it. Throws `BadInput` where it is not there or is not one. */
export function readPart(folder: string): Part {
  const file = join(folder, NAME);
  let part: Partial<Part> | null;
  try {
    part = JSON.parse(readFileSync(file, 'utf8')) as Partial<Part> | null;
  } catch (error) {
    throw new BadInput(`${file} cannot be read: ${(error as Error).message}`);
  }
  const whole = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
  const { shards, command, startedAt, expectations } = part ?? {};
  if (!Array.isArray(shards) || !shards.every((one) => Array.isArray(one) && one.length === 2 && one.every(whole)))
    throw new BadInput(`${file}: shards is no list of shards, each as [2, 5]`);
  if (typeof command !== 'string' || typeof startedAt !== 'string')
    throw new BadInput(`${file}: command or startedAt is missing`);
  readAs(listed, valueDocument(part, file), expectations, ['expectations']);
  return part as Part;
}
