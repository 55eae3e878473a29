/**
 * What a search has found so far: for each system and anomaly a few runs that show it, and the smallest counterexample
 * of those that were shrunk. Each is told of when it is found, before it is shrunk, so that nothing that ends the
 * search can lose it.
 */
import { HarnessFailure } from '../failure.ts';
import type { Counterexample } from './counterexample-text.ts';
import { sizeOf, unshrunk } from './shrunk-example.ts';
import type { Found } from './tasks.ts';

/** So many failures of one kind are shrunk, and the smallest is kept: they end at different sizes. */
const ALIKE = 4;

interface Kind {
  readonly found: Found[];
  smallest: Counterexample | undefined;
  /** That the first was told of as it was found. */
  told: boolean;
}

export class Findings {
  private readonly kinds = new Map<string, Kind>();
  private readonly tell: (example: Counterexample) => void;
  /** What could not be kept where it was to be. */
  unkept: string | undefined;

  constructor(tell: (example: Counterexample) => void = () => {}) {
    this.tell = tell;
  }

  get size(): number {
    return this.kinds.size;
  }

  /** The smallest counterexample of each kind. */
  get all(): readonly Counterexample[] {
    return [...this.kinds.values()].flatMap(
      ({ found, smallest }) => smallest ?? (found[0] ? [unshrunk(found[0])] : []),
    );
  }

  /** Takes what was found; returns those that are to be shrunk. One that is known was found again. */
  add(found: readonly Found[]): readonly Found[] {
    return found.filter((one) => {
      const kind = this.kindOf(one);
      if (kind.found.length >= ALIKE || kind.found.some(({ seed }) => seed === one.seed)) return false;
      kind.found.push(one);
      if (!kind.told) this.keep(unshrunk(one));
      kind.told = true;
      return true;
    });
  }

  /** Takes what came of shrinking one; nothing where it did not show again. */
  shrunk(one: Found, example: Counterexample | undefined): void {
    const kind = this.kindOf(one);
    if (example === undefined) {
      kind.found.splice(kind.found.indexOf(one), 1);
      return;
    }
    if (kind.smallest && sizeOf(kind.smallest) <= sizeOf(example)) return;
    kind.smallest = example;
    this.keep(example);
  }

  private kindOf({ system, anomaly }: Found): Kind {
    const name = `${system} ${anomaly}`;
    const known = this.kinds.get(name) ?? { found: [], smallest: undefined, told: false };
    this.kinds.set(name, known);
    return known;
  }

  /** A disk that is full ends no search: what was found is printed all the same. */
  private keep(example: Counterexample): void {
    try {
      this.tell(example);
    } catch (error) {
      if (!(error instanceof HarnessFailure)) throw error;
      this.unkept ??= error.message;
    }
  }
}
