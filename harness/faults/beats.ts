/**
 * Faults in beats: one beginning after the other on a grid of time, with quiet between; in some beats several
 * faults lie on each other. Every name asked for comes once before any comes again, pairs of names take turns
 * over the seeds, and no more of the faulty time than is allowed leaves a system less than its claim needs.
 */
import { logUniform, wholeBelow } from '../setting/random.ts';
import { Budget } from './budget.ts';
import { NAMED } from './draw.ts';
import type { Fault } from './fault.ts';
import { meaningOf } from './meanings.ts';
import type { Occasion, Schedule } from './occasion.ts';
import { EDGE } from './rhythm.ts';
import { type Placed, type Sorted, takenBy } from './room.ts';
import { SPREAD, spread } from './spread.ts';

/** Lengths of so many beats are spread evenly over all lengths. */
const BLOCK = 8;
/** The first fault of a name lasts at least so much of the time from one beginning to the next, or a timeout. */
const SEEN = 0.6;
/** A kind that leaves too little in one shape may leave enough in another: so many are tried. */
const SHAPES = 12;

/** One beat, before it has faults. */
interface Beat {
  readonly nth: number;
  readonly atMs: number;
  /** Where its length is among all, from 0 to 1. */
  readonly length: number;
}

export function drawBeats(occasion: Occasion): Schedule {
  const beats = new Beats(occasion);
  beats.draw();
  const faults = beats.placed.map(({ id, sort, fromMs, toMs }) => ({ ...{ id, fromMs, toMs }, ...sort }) as Fault);
  return { faults: faults.sort((a, b) => a.fromMs - b.fromMs || a.id - b.id), leftOut: beats.missing };
}

class Beats {
  readonly placed: Placed[] = [];
  /** Names that have not come yet. */
  missing: readonly string[];
  private readonly occasion: Occasion;
  private readonly budget: Budget;
  private readonly endMs: number;
  /** Names that never leave enough, in any shape that was tried. */
  private readonly hopeless: ReadonlySet<string>;
  /** Names that have not come in this turn of all. */
  private turn: readonly string[] = [];
  private readonly times = new Map<string, number>();
  private pairs = 0;
  private block: readonly number[] = [];

  constructor(occasion: Occasion) {
    const { names, scene, rhythm, need } = occasion;
    this.occasion = occasion;
    this.missing = names;
    this.budget = new Budget(scene.nodes, need, rhythm.beyond);
    this.endMs = Math.round(scene.durationMs * (1 - EDGE));
    const shapes = Array.from({ length: SHAPES }, (_, shape) => shape);
    const never = names.filter((name) => shapes.every((shape) => !this.budget.bears(this.sorted(name, 0, shape))));
    this.hopeless = new Set(never);
  }

  /** Places faults until there is no time for another. */
  draw(): void {
    const { rhythm, scene, draw } = this.occasion;
    const { everyMs, quietMs } = rhythm;
    const leadMs = Math.min(everyMs, scene.durationMs * EDGE) * (0.4 + 0.6 * draw('lead'));
    for (let nth = 0, atMs = Math.round(leadMs); ; nth++) {
      const needed = this.beatsNeeded(this.sizeOf(nth, atMs));
      const group = this.groupIn({ nth, atMs, length: this.lengthOf(nth) });
      if (!group) return;
      for (const fault of group) this.take(fault);
      const gridMs = leadMs + (nth + 0.8 + 0.4 * draw(`beat ${nth + 1}`)) * everyMs;
      // The grid may not use up the time of names that have not come.
      const shareMs = this.missing.length > 0 ? atMs + (this.endMs - atMs) / needed : gridMs;
      const overMs = Math.max(...group.map(({ toMs }) => toMs));
      atMs = Math.ceil(Math.max(overMs + quietMs, Math.min(gridMs, shareMs)));
    }
  }

  private take(fault: Placed): void {
    const { name } = fault;
    this.placed.push(fault);
    this.missing = this.missing.filter((other) => other !== name);
    this.turn = this.turn.filter((other) => other !== name);
    this.times.set(name, (this.times.get(name) ?? 0) + 1);
  }

  /** The largest group that can be had in this beat; nothing where there is no time left. */
  private groupIn(beat: Beat): readonly Placed[] | undefined {
    if (this.turn.length === 0) this.turn = this.shuffled(`order ${this.placed.length}`, this.occasion.names);
    for (let size = this.sizeOf(beat.nth, beat.atMs); size >= 1; size--) {
      for (const names of this.choices(size)) {
        for (let shape = 0; shape < SHAPES; shape++) {
          const group = this.placedIn(beat, names, shape);
          if (!group || !this.isAllowed(names, group)) continue;
          this.budget.spend(group);
          if (size === 2) this.pairs++;
          return group;
        }
      }
    }
    return undefined;
  }

  /** How many faults lie on each other: pairs come evenly, and more where there would be no time for all names. */
  private sizeOf(nth: number, atMs: number): number {
    const { rhythm, names, seed } = this.occasion;
    // What never leaves enough comes alone, and before the others, so that there is time for it.
    if (rhythm.overlap === 0 || this.missing.some((name) => this.hopeless.has(name))) return 1;
    const offset = spread('first pair', 0, seed, 0);
    const upTo = (beats: number) => Math.floor(beats * rhythm.overlap + offset);
    const beats = 1 + Math.max(0, Math.floor((this.endMs - atMs) / rhythm.everyMs));
    const crowd = Math.min(names.length, Math.ceil(this.missing.length / beats));
    return Math.max(upTo(nth + 1) - upTo(nth), 0) > 0 ? Math.max(2, crowd) : Math.max(1, crowd);
  }

  private beatsNeeded(size: number): number {
    return Math.max(1, Math.ceil(this.missing.length / size));
  }

  /** Which names may come together now, the best first. */
  private *choices(size: number): Iterable<readonly string[]> {
    const { names } = this.occasion;
    const inTurn = [
      ...this.turn.filter((name) => this.missing.includes(name)),
      ...this.missing,
      ...this.turn,
      ...names,
    ];
    const order = [...new Set(inTurn)];
    if (size === 1) yield* order.map((name) => [name]);
    else if (size > 2 || this.missing.length > 0) {
      const [first, ...others] = order;
      for (let skip = 0; skip + size <= order.length; skip++) yield [first!, ...others.slice(skip, skip + size - 1)];
    }
    if (size === 2) yield* this.pairsInTurn();
  }

  /** All pairs of names, beginning with another for each seed; of one name alone, that name twice. */
  private *pairsInTurn(): Iterable<readonly string[]> {
    const { names, seed } = this.occasion;
    const all = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b]));
    if (all.length === 0) yield [names[0]!, names[0]!];
    const first = wholeBelow(spread('pair', 0, seed, this.pairs), Math.max(1, all.length));
    for (let i = 0; i < all.length; i++) yield all[(first + i) % all.length]!;
  }

  /**
   * A fault of each name in its time, those that take nodes first, so that the others find
   * some that are left; nothing where one does not fit, or there would be none left.
   */
  private placedIn(
    { nth, atMs, length }: Beat,
    names: readonly string[],
    shape: number,
  ): readonly Placed[] | undefined {
    const { draw, scene, rhythm } = this.occasion;
    const drawn = names.map((name, i) => this.sorted(name, this.placed.length + 1 + i, shape));
    const taken = ({ sort }: Sorted) => takenBy(sort, scene.nodes.length);
    const alone = drawn.length === 1;
    if (!alone && drawn.reduce((sum, one) => sum + taken(one), 0) >= scene.nodes.length) return undefined;
    const [first, ...others] = [...drawn].sort((a, b) => taken(b) - taken(a)) as [Sorted, ...Sorted[]];
    const leader = this.place(first, atMs, length, this.mostMs(nth, atMs));
    if (!leader) return undefined;
    const lastsMs = leader.toMs - leader.fromMs;
    const rest = others.map((one) => {
      const fromMs = Math.round(atMs + 0.7 * draw(`fault ${one.id} begins`) * lastsMs);
      return this.place(one, fromMs, draw(`fault ${one.id} lasts`), Math.min(lastsMs, rhythm.forMs[1]));
    });
    return rest.includes(undefined) ? undefined : [leader, ...(rest as Placed[])];
  }

  /** Draws a fault of the name: the first shape in turn, over the seeds; others by chance. */
  private sorted(name: string, id: number, shape: number): Sorted {
    const { own = {}, scene, seed, draw } = this.occasion;
    const nth = this.times.get(name) ?? 0;
    let place = 0;
    const next = () => {
      const at = place++;
      return shape === 0 && at < SPREAD ? spread(name, at, seed, nth) : draw(`fault ${id} as ${name}`);
    };
    return { id, name, sort: (own[name] ?? NAMED[name]!).draw(next, scene) };
  }

  private place(one: Sorted, fromMs: number, uniform: number, mostMs: number): Placed | undefined {
    const { scene, rhythm } = this.occasion;
    const [leastMs, longMs] = rhythm.forMs;
    // In a moment no call of some function may be made: of each name one lasts as long as clients wait.
    const seenMs = this.missing.includes(one.name) ? Math.min(scene.callTimeoutMs, rhythm.everyMs * SEEN, longMs) : 0;
    const shortestMs = Math.max(1, leastMs, seenMs, meaningOf(one.sort as Fault).shortestMs(scene));
    const longestMs = Math.max(shortestMs, Math.min(mostMs, this.endMs - fromMs));
    const toMs = fromMs + Math.round(logUniform(uniform, shortestMs, longestMs));
    return toMs > this.endMs ? undefined : { ...one, fromMs, toMs };
  }

  /** The most that the first fault of a beat lasts: what is left may be needed for names that have not come. */
  private mostMs(nth: number, atMs: number): number {
    const { rhythm, scene } = this.occasion;
    const needed = this.beatsNeeded(this.sizeOf(nth, atMs));
    const shareMs = needed === 1 ? this.endMs - atMs : (this.endMs - atMs) / needed - rhythm.quietMs;
    return Math.min(rhythm.forMs[1], scene.durationMs / 2, needed > 3 ? shareMs * 1.5 : shareMs);
  }

  /** The beat's place among all lengths: of a block of beats each has another eighth of them. */
  private lengthOf(nth: number): number {
    if (nth % BLOCK === 0)
      this.block = this.shuffled(
        `lengths ${nth / BLOCK}`,
        Array.from({ length: BLOCK }, (_, i) => i),
      );
    return (this.block[nth % BLOCK]! + this.occasion.draw(`length ${nth}`)) / BLOCK;
  }

  private shuffled<T>(stream: string, items: readonly T[]): readonly T[] {
    return items
      .map((item) => [this.occasion.draw(stream), item] as const)
      .sort((a, b) => a[0] - b[0])
      .map(([, item]) => item);
  }

  /** What never leaves enough comes once, or again where nothing else was asked for. */
  private isAllowed(names: readonly string[], group: readonly Placed[]): boolean {
    const [name] = names;
    if (names.some((one) => this.hopeless.has(one))) {
      const all = this.occasion.names.every((one) => this.hopeless.has(one));
      return names.length === 1 && (all || this.missing.includes(name!));
    }
    return this.budget.allows(group);
  }
}
