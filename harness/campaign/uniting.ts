/**
 * Reads the journals of shards twice: to sum and compare them, each run counted once, then to copy the parts that
 * count; and says why other runs are not there. Sums cannot be taken apart again: a part that is there already is
 * dropped, and one that overlaps is refused.
 */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { BadInput } from '../failure.ts';
import { type PartLine, partsIn } from './journal.ts';
import type { Plan } from './matrix.ts';
import type { Shard } from './shards.ts';
import { Adding, type CellSum } from './sum.ts';
import type { SummaryRun } from './summary.ts';

export interface United {
  /** By the cell's place in the plan. */
  readonly sums: ReadonlyMap<number, CellSum>;
  /** The shard that a run counts from. */
  shardOf(place: number): Shard | undefined;
  /** How many runs of a piece there are, failed ones among them. */
  made(piece: number): number;
  /** Runs that stand in a shard's journal, whether or not they count from it. */
  readonly found: ReadonlyMap<Shard, number>;
  /** Calls with every part that counts, and the folder in whose journal it stands. */
  takeParts(take: (part: PartLine, folder: string) => void): void;
}

/** A part that counts. */
interface Entry {
  /** Absent where it is all of the piece. */
  readonly places: readonly number[] | undefined;
  readonly digest: string;
  readonly shard: Shard;
}

/** Reads the shards. Throws `BadInput` where a run differs in two of them, or parts overlap. */
export function unite(shards: readonly Shard[], plan: Plan): United {
  const adding = new Map<number, Adding>();
  const entries = new Map<number, Entry[]>();
  const failed: { readonly part: PartLine; readonly shard: Shard }[] = [];
  const found = new Map<Shard, number>();
  const counts: boolean[][] = [];
  // Whatever the order in which they are named, the same one of two equal parts counts.
  const sorted = [...shards].sort((a, b) => (a.folder < b.folder ? -1 : 1));
  const take = (part: PartLine, shard: Shard, digest: string) => {
    const cell = part.piece % plan.cells.length;
    const own = adding.get(cell) ?? new Adding();
    adding.set(cell, own);
    own.add(part.sum);
    entries.set(part.piece, [...(entries.get(part.piece) ?? []), { places: part.places, digest, shard }]);
  };
  const partsOf = function* (shard: Shard) {
    for (const part of partsIn(shard.folder)) if (isOf(plan, part)) yield part;
  };
  for (const shard of sorted) {
    const own: boolean[] = [];
    counts.push(own);
    let runs = 0;
    for (const part of partsOf(shard)) {
      runs += part.sum.runs;
      own.push(false);
      if (part.failed) {
        failed.push({ part, shard });
        continue;
      }
      const digest = digestOf(part);
      const same = (entries.get(part.piece) ?? []).find((entry) => meets(entry, part));
      if (same) refuseDifferent(plan, same, { part, shard, digest });
      else {
        take(part, shard, digest);
        own[own.length - 1] = true;
      }
    }
    found.set(shard, runs);
  }
  const isThere = ({ piece, places }: PartLine) =>
    (entries.get(piece) ?? []).some((entry) => meets(entry, { piece, places } as PartLine));
  const counted = new Set<PartLine>();
  for (const { part, shard } of failed) {
    // One that was made again elsewhere is no failure.
    if (isThere(part)) continue;
    counted.add(part);
    take(part, shard, '');
  }
  return {
    sums: new Map([...adding].map(([cell, own]) => [cell, own.total])),
    found,
    shardOf(place) {
      const own = entries.get(plan.pieceOf(place)) ?? [];
      return own.find(({ places }) => places === undefined || places.includes(place))?.shard;
    },
    made: (piece) =>
      (entries.get(piece) ?? []).reduce((sum, { places }) => sum + (places?.length ?? plan.sizeOf(piece)), 0),
    takeParts(give) {
      for (const [i, shard] of sorted.entries()) {
        let at = 0;
        for (const part of partsOf(shard)) if (counts[i]![at++]) give(part, shard.folder);
      }
      for (const { part, shard } of failed) if (counted.has(part)) give(part, shard.folder);
    },
  };
}

/** Whether these are runs of the plan. */
function isOf(plan: Plan, { piece, places = [] }: PartLine): boolean {
  return piece < plan.pieces && places.every((place) => place < plan.length && plan.pieceOf(place) === piece);
}

/** Whether some run is in both, which are of one piece. */
function meets({ places }: Entry, part: PartLine): boolean {
  if (places === undefined || part.places === undefined) return true;
  return part.places.some((place) => places.includes(place));
}

/** Of what a part adds up, without what differs from machine to machine. */
function digestOf({ sum }: PartLine): string {
  const text = JSON.stringify(sum, (name, value: unknown) => (UNLIKE.has(name) ? undefined : inOrder(value)));
  return createHash('sha256').update(text).digest('base64');
}

/** An object with its keys in order: which of some runs was added first says nothing. */
function inOrder(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const UNLIKE: ReadonlySet<string> = new Set(['ms', 'folder']);

interface Other {
  readonly part: PartLine;
  readonly shard: Shard;
  readonly digest: string;
}

/** The same runs, made twice, are the same but for the time they took. */
function refuseDifferent(plan: Plan, one: Entry, { part, shard, digest }: Other): void {
  const folders = `${one.shard.folder} and ${shard.folder}`;
  if (!isDeepStrictEqual(one.places ?? [], part.places ?? [])) {
    const places = part.places ?? plan.placesOf(part.piece);
    const [from, to] = [plan.at(places[0]!).id, plan.at(places.at(-1)!).id];
    throw new BadInput(`${folders} overlap in runs ${from} to ${to}: merge one of both`);
  }
  if (one.digest === digest) return;
  const known = [...partsIn(one.shard.folder)].find(
    (other) => other.piece === part.piece && digestOf(other) === one.digest,
  );
  const [a, b] = [contentsOf(known!), contentsOf(part)];
  const names = Object.keys({ ...a, ...b }).filter((name) => !isDeepStrictEqual(a[name], b[name]));
  const seen = a.verdict === b.verdict ? '' : ` (${String(a.verdict)} and ${String(b.verdict)})`;
  const { id } = plan.at((part.places ?? plan.placesOf(part.piece))[0]!);
  const what = part.sum.runs === 1 ? `run ${id} is` : `${part.sum.runs} runs from ${id} on are`;
  throw new BadInput(
    `${what} in ${folders}, and differs in ${names.join(', ')}${seen}: one of both is of something else`,
  );
}

/** What a part says, by name; of a single run its own fields too. */
function contentsOf({ sum }: PartLine): Readonly<Record<string, unknown>> {
  const { any, early: _, ms: __, ...rest } = sum;
  const [first] = any.first;
  if (sum.runs > 1 || !first) return rest;
  const { ms: ___, folder: ____, ...run }: SummaryRun = first.run;
  const { shown: _____, failed: ______, undecided: _______, verdicts: ________, ...more } = rest;
  return { ...more, ...run };
}

/** Which runs may have been made elsewhere, by cell, and in sentences. */
export interface Missing {
  readonly cells: ReadonlyMap<number, { readonly count: number; readonly why: string }>;
  readonly says: readonly string[];
}

/**
 * Of the planned runs that are in no shard: those that may have been made elsewhere, with where they should be. A
 * shard that came to its end without having made them had reached a bound, and these are merely not made.
 */
export function missingIn(shards: readonly Shard[], plan: Plan, { made, found }: United): Missing {
  const owners = new Map<string, Shard[]>();
  for (const shard of shards)
    for (const [part, of] of shard.part.shards)
      owners.set(`${part}/${of}`, [...(owners.get(`${part}/${of}`) ?? []), shard]);
  const counts = [...new Set(shards.flatMap((shard) => shard.part.shards.map(([, of]) => of)))];
  const absent = absentShards(shards);
  const cells = new Map<number, { count: number; why: string }>();
  const reasons = new Map<string, number>();
  for (let piece = 0; piece < plan.pieces; piece++) {
    const left = plan.sizeOf(piece) - made(piece);
    if (left <= 0) continue;
    const own = counts.flatMap((of) => owners.get(`${plan.partOf(piece, of)}/${of}`) ?? []);
    const why = whyMissing(own, found) ?? (own.length === 0 ? absent : undefined);
    if (why === undefined) continue;
    const cell = piece % plan.cells.length;
    const known = cells.get(cell);
    cells.set(cell, { count: (known?.count ?? 0) + left, why: known?.why ?? why });
    reasons.set(why, (reasons.get(why) ?? 0) + left);
  }
  const says = [...reasons].map(([why, count]) => `${count === 1 ? 'A run is' : `${count} runs are`} missing: ${why}.`);
  return { cells, says };
}

/** Why runs are missing that these shards should have; undefined where one of them came to its end without them. */
function whyMissing(own: readonly Shard[], found: ReadonlyMap<Shard, number>): string | undefined {
  if (own.some((shard) => shard.summary && shard.summary.made <= (found.get(shard) ?? 0))) return undefined;
  const [first] = own;
  if (!first) return undefined;
  return first.summary
    ? `${first.folder} has lost it: its pieces.jsonl has fewer runs than its summary.json`
    : `${first.folder} was cut short: it has no summary.json`;
}

/** In words, which shards are not there. */
function absentShards(shards: readonly Shard[]): string {
  const parts = shards.flatMap(({ part }) => part.shards);
  const of = Math.max(1, ...parts.map(([, count]) => count));
  const there = new Set(parts.filter(([, count]) => count === of).map(([part]) => part));
  const absent = Array.from({ length: of }, (_, i) => i + 1).filter((part) => !there.has(part));
  const [only, ...more] = absent;
  if (only === undefined || parts.some(([, count]) => count !== of)) return 'it is in none of the shards';
  return more.length === 0
    ? `shard ${only} of ${of} is not among them`
    : `shards ${absent.slice(0, 8).join(', ')}${absent.length > 8 ? ', ...' : ''} of ${of} are not among them`;
}
