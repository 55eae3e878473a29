/**
 * What shows the dependencies of registers: who wrote what two
 * transactions read, and who touched versions in their order.
 */
import type { CycleStep } from './cycles.ts';
import { RW, WW } from './edges.ts';
import { type DependencyWitnesses, type Evidence, NOTHING } from './evidence.ts';
import type { VersionReaders } from './register-edges.ts';
import { touchesByKey } from './touches.ts';
import type { RegisterTransactions } from './transactions-of.ts';
import { INITIAL, WRITE } from './transactions-of.ts';
import { isAssumed, type VersionAssumptions } from './version-pairs.ts';
import { hopText, rowsOfHop, VersionPaths } from './version-paths.ts';

/**
 * An anti-dependency shows in that the second transaction read the version too that it overwrote, and the
 * anomaly names the writer of that version; or, as for every order of writes, in what was assumed of the key.
 */
export class RegisterEvidence implements Evidence {
  private readonly registers: RegisterTransactions;
  private readonly readers: VersionReaders;
  private readonly assume: VersionAssumptions;
  private paths: VersionPaths | null = null;

  constructor(registers: RegisterTransactions, readers: VersionReaders, assume: VersionAssumptions) {
    this.registers = registers;
    this.readers = readers;
    this.assume = assume;
  }

  of({ kind, seen, made }: CycleStep): DependencyWitnesses {
    const { registers } = this;
    if ((kind !== RW && kind !== WW) || seen < 0 || registers.writer[seen] === INITIAL) return NOTHING;
    const author = registers.writer[seen] >= 0 ? [registers.writer[seen]] : [];
    if (!isAssumed(this.assume)) return { rows: author, says: [] };
    this.paths ??= new VersionPaths(registers, this.assume, touchesByKey(registers));
    const reading = kind === RW || this.assume.wfrKeys === true;
    const hops = made >= 0 ? (this.paths.path(seen, made, reading) ?? []) : [];
    return {
      rows: [...new Set([...author, ...hops.flatMap((hop) => rowsOfHop(registers, hop))])],
      says: hops.filter(({ why }) => why !== 'read').map((hop) => hopText(registers, hop)),
    };
  }

  shortened(steps: readonly CycleStep[]): readonly CycleStep[] {
    return steps;
  }

  readerOf(row: number, named: ReadonlySet<number>): number {
    const { first, effect, version } = this.registers;
    const { offset, reader } = this.readers;
    let found = -1;
    for (let place = first[row]; place < first[row + 1]; place++) {
      if (effect[place] !== WRITE) continue;
      for (let i = offset[version[place]]; i < offset[version[place] + 1]; i++) {
        if (named.has(reader[i])) return reader[i];
        if (found < 0 && reader[i] !== row) found = reader[i];
      }
    }
    return found;
  }
}
