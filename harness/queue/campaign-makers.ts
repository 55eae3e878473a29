/**
 * A campaign on a queue: a slice is some runs of the plan, about five seconds of work. What comes back are parts of
 * pieces with their sums, which the ledger counts once. A slice whose workers died of it is halved, until one run
 * is left: that run is an error, and no other suffers.
 */
import type { Makers } from '../campaign/campaign-options.ts';
import { campaignText } from '../campaign/folder.ts';
import type { Part } from '../campaign/journal.ts';
import type { MadePart } from '../campaign/ledger.ts';
import { lostRun } from '../campaign/make.ts';
import type { Matrix, Plan } from '../campaign/matrix.ts';
import type { SummaryRun } from '../campaign/summary.ts';
import { workIn } from '../campaign/work-name.ts';
import type { Broker } from './broker.ts';
import { type Outcome, QueuePool } from './queue-pool.ts';

/** What a campaign's workers must know, beside the places of the runs. */
export interface SharedCampaign {
  readonly kind: 'campaign';
  readonly matrix: Matrix;
  /** All that determines the runs, with the hashes of own modules: a worker that has others must not make them. */
  readonly text: string;
  /** Where folders of runs are left, below the worker's own --store. */
  readonly work: string;
}

export interface Slice {
  readonly places: readonly number[];
}

/** What a worker makes of a slice. */
export interface MadeSlice {
  readonly parts: readonly MadePart[];
}

/** A slice is to take so long. */
const SLICE_MS = 5_000;
const LARGEST_SLICE = 2_000;
/** So many slices wait for each worker's slot: when one is done, another is there. */
const AHEAD = 3;
const FEW = 8;

/** Has a campaign's runs made by workers; `slice` sets how many runs a slice has, else the time they take does. */
export function queueMakers(broker: Broker, slice?: number): Makers {
  return (work) => new Making(broker, work, slice).end();
}

class Making {
  private readonly given: Parameters<Makers>[0];
  private readonly slice: number | undefined;
  private readonly pool: QueuePool<Slice, MadeSlice>;
  private readonly out = new Set<Promise<void>>();
  /** How long a run took of late, in ms. */
  private eachMs = 0;

  constructor(broker: Broker, given: Parameters<Makers>[0], slice: number | undefined) {
    this.given = given;
    this.slice = slice;
    const { matrix, folder } = given;
    const work = workIn(folder);
    const shared: SharedCampaign = { kind: 'campaign', matrix, text: campaignText(matrix), work };
    this.pool = new QueuePool({
      ...{ broker, work, shared, width: 500, onStray: (outcome) => this.take(outcome) },
      nameOf: ({ places }) => `${places[0]}-${places.length}`,
    });
  }

  async end(): Promise<void> {
    const { out, pool } = this;
    const { places, isOver } = this.given;
    try {
      for (let next = taken(places, this.size); next.length > 0; next = taken(places, this.size)) {
        const begun: Promise<void> = this.make(next).finally(() => out.delete(begun));
        out.add(begun);
        while (out.size >= Math.max(FEW, AHEAD * pool.workerSlots) && !isOver()) await soon(out);
      }
      while (out.size > 0 && !isOver()) await soon(out);
    } finally {
      await pool.close();
      await Promise.allSettled(out);
    }
  }

  private get size(): number {
    if (this.slice !== undefined) return this.slice;
    if (this.given.matrix.cluster !== 'simulation') return 1;
    if (this.eachMs === 0) return FEW / 2;
    return Math.max(1, Math.min(LARGEST_SLICE, Math.round(SLICE_MS / Math.max(0.1, this.eachMs))));
  }

  private async make(places: readonly number[]): Promise<void> {
    try {
      this.take(await this.pool.outcome({ places }));
    } catch (error) {
      const { ledger, isOver } = this.given;
      if (isOver()) return;
      const left = places.filter((place) => !ledger.isDone(place));
      if (left.length === 1) this.lose(left[0]!, error as Error);
      const middle = Math.ceil(left.length / 2);
      if (left.length > 1) await Promise.all([this.make(left.slice(0, middle)), this.make(left.slice(middle))]);
    }
  }

  private lose(place: number, error: Error): void {
    const { plan, ledger, counted } = this.given;
    const lost = lostRun(plan.at(place), error.message);
    ledger.addRun(place, lost);
    counted(lost.run, place);
  }

  /** Counts what is not yet counted. */
  private take(outcome: Outcome): void {
    const { plan, ledger, counted } = this.given;
    const { parts = [] } = (outcome.made ?? {}) as Partial<MadeSlice>;
    const good = parts.filter((made) => isPartOf(plan, made));
    const runs = good.reduce((sum, { part }) => sum + part.sum.runs, 0);
    if (runs > 0) this.eachMs = (this.eachMs || outcome.ms / runs) * 0.7 + (0.3 * outcome.ms) / runs;
    for (const made of good)
      if (ledger.addPart(made)) for (const { place, run } of runsOf(plan, made)) counted(run, place);
  }
}

/** When one is done, or a while is over: time may be up. */
function soon(out: ReadonlySet<Promise<void>>): Promise<void> {
  let timer: NodeJS.Timeout;
  const later = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, 500);
  });
  return Promise.race([...out, later]).finally(() => clearTimeout(timer));
}

function taken(places: Iterator<number>, count: number): readonly number[] {
  const some: number[] = [];
  while (some.length < count) {
    const next = places.next();
    if (next.done) break;
    some.push(next.value);
  }
  return some;
}

/** Whether these are runs of the plan, as a worker makes them: whoever can reach the server can write there. */
function isPartOf(plan: Plan, made: MadePart | undefined): boolean {
  const { piece, places, sum } = made?.part ?? ({} as Partial<Part>);
  if (!Number.isSafeInteger(piece) || piece! < 0 || piece! >= plan.pieces || !Array.isArray(made?.lines)) return false;
  if (!Array.isArray(places) || places.length !== sum?.runs || made!.lines.length !== places.length) return false;
  return places.every((place) => Number.isSafeInteger(place) && plan.pieceOf(place) === piece);
}

/** The runs of a part, one by one, as far as its lines tell of them. */
function* runsOf(plan: Plan, { part: { places = [] }, lines }: MadePart) {
  for (const [i, place] of places.entries()) {
    const { run } = JSON.parse(lines[i]!) as { run: SummaryRun };
    if (run.id === plan.at(place).id) yield { place, run };
  }
}
