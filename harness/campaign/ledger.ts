/** Which runs of a campaign are done, and what they add up to: in memory by cell, on disk by piece. */
import { HarnessFailure } from '../failure.ts';
import type { Journal, Part } from './journal.ts';
import type { Plan } from './matrix.ts';
import { Adding, type CellRun, type CellSum, NO_RUNS, sumOf } from './sum.ts';

/** A part with a line for each of its runs. */
export interface MadePart {
  readonly part: Part;
  readonly lines: readonly string[];
}

interface Open {
  places: number[];
  sum: Adding;
  lines: string[];
}

export class Ledger {
  private readonly plan: Plan;
  private readonly journal: Journal | undefined;
  private readonly whole: Uint8Array;
  /** Of pieces that are not whole, the places that are done. */
  private readonly some = new Map<number, Set<number>>();
  private readonly open = new Map<number, Open>();
  private readonly all = new Map<number, Adding>();
  /** What could not be written, in words. */
  unwritten: string | undefined;

  constructor(plan: Plan, open?: (known: (part: Part) => void) => Journal) {
    this.plan = plan;
    this.whole = new Uint8Array(plan.pieces);
    this.journal = open?.((part) => this.count(part));
  }

  get sums(): ReadonlyMap<number, CellSum> {
    return new Map([...this.all].map(([cell, adding]) => [cell, adding.total]));
  }

  sumOf(cell: number): CellSum {
    return this.all.get(cell)?.total ?? NO_RUNS;
  }

  /** How many runs of a cell are done, those that failed among them. */
  madeIn(cell: number): number {
    return this.all.get(cell)?.runs ?? 0;
  }

  isDone(place: number): boolean {
    const piece = this.plan.pieceOf(place);
    return this.whole[piece] === 1 || this.some.get(piece)?.has(place) === true;
  }

  /** Adds a run. It is written down with the others of its piece; one that failed, at once. */
  addRun(place: number, made: CellRun): void {
    const piece = this.plan.pieceOf(place);
    const sum = sumOf(place, made);
    const lines = [lineOf(made)];
    if (made.run.verdict === 'error') this.add({ part: { piece, places: [place], failed: true, sum }, lines });
    else if (this.plan.pieceSize === 1) this.add({ part: { piece, places: [place], sum }, lines });
    else {
      const open = this.open.get(piece) ?? { places: [], sum: new Adding(), lines: [] };
      this.open.set(piece, open);
      open.places.push(place);
      open.sum.add(sum);
      open.lines.push(...lines);
      this.count({ piece, places: [place], sum });
    }
    if (this.whole[piece] === 1) this.writeOpen(piece);
  }

  /** Adds a part that was made elsewhere, unless its runs are there; returns whether it counted. */
  addPart(made: MadePart): boolean {
    const places = made.part.places ?? this.plan.placesOf(made.part.piece);
    if (places.some((place) => this.isDone(place))) return false;
    this.add(made);
    return true;
  }

  /** Writes down what is not yet, and ends. */
  close(): void {
    for (const piece of [...this.open.keys()]) this.writeOpen(piece);
    this.journal?.close();
  }

  private add({ part, lines }: MadePart): void {
    this.count(part);
    this.write(part, lines);
  }

  private count({ piece, places = this.plan.placesOf(piece), sum }: Part): void {
    if (piece >= this.plan.pieces || places.some((place) => this.plan.pieceOf(place) !== piece)) return;
    const cell = piece % this.plan.cells.length;
    this.mark(piece, places);
    const adding = this.all.get(cell) ?? new Adding();
    this.all.set(cell, adding);
    adding.add(sum);
  }

  private mark(piece: number, places: readonly number[]): void {
    const size = this.plan.sizeOf(piece);
    const some = this.some.get(piece) ?? new Set();
    for (const place of places) some.add(place);
    if (some.size < size) this.some.set(piece, some);
    else {
      this.some.delete(piece);
      this.whole[piece] = 1;
    }
  }

  private writeOpen(piece: number): void {
    const open = this.open.get(piece);
    if (!open) return;
    this.open.delete(piece);
    const isAll = open.places.length === this.plan.sizeOf(piece);
    this.write({ piece, ...(isAll ? {} : { places: open.places }), sum: open.sum.total }, open.lines);
  }

  /** What cannot be written down counts all the same: what was found is to be told. */
  private write(part: Part, lines: readonly string[]): void {
    if (!this.journal || this.unwritten !== undefined) return;
    const isAll = part.places?.length === this.plan.sizeOf(part.piece) && !part.failed;
    const { places, ...rest } = part;
    try {
      this.journal.add(isAll || places === undefined ? rest : { ...rest, places }, lines);
    } catch (error) {
      if (!(error instanceof HarnessFailure)) throw error;
      this.unwritten = error.message;
    }
  }
}

/** A run's line of runs.jsonl: without what its cell adds up, and where it lies. */
export function lineOf({ run: { figures: _, folder: __, expected: ___, ...run } }: CellRun): string {
  return JSON.stringify({ run });
}
