/**
 * Registers whose values repeat: which writes a read cannot be of, whatever the other reads are of, by what is certain.
 *
 * Method: the dependencies of reads of unique values are a graph that must have no cycle, to which is added what
 * follows from it until nothing more does, as in the pruning of hyper-polygraphs (VeriStrong, arXiv 2511.14067), with
 * the rules of Biswas, Enea (OOPSLA 2019); and then what follows from sources that are assumed. For serializability,
 * snapshot isolation and prefix consistency with their relatives. O(derived edges * transactions^2 / 32).
 */
import { FAIL } from '../history.ts';
import { type Insight, NO_INSIGHT, type Patience } from '../sources/decide.ts';
import { type Riddle, SILENT } from '../sources/riddle.ts';
import { valueName } from './micro-operations.ts';
import type { ModelTest } from './model-conditions.ts';
import { timeOf } from './orders.ts';
import { Reachability } from './reachability.ts';
import { addRealTime, addSessions } from './real-time-edges.ts';
import { readersOf, readsAnew, registerEdges, writtenVersions } from './register-edges.ts';
import { registersOf } from './registers.ts';
import { type KeyRead, type KnownReads, type OrderShape, SourceDerivation } from './source-derivation.ts';
import { COMMITTED, type RegisterTransactions } from './transactions-of.ts';
import { knownPairs } from './version-order.ts';
import { ALL_DATA, REAL_TIME, splitGraph, wholeGraph } from './views.ts';

/** Words of bits that the pairs of nodes may take: 64 MB. */
const MOST_WORDS = 1 << 24;
/** Words and pairs looked at that cost as much as a step of choosing. */
const LIGHT = 2048;

/**
 * What is impossible, each as one choice to forbid; one without any pair where the history breaks the model whatever is
 * chosen. Nothing for models of other kinds, and for histories that are too large.
 */
export function sourceLimits(riddle: Riddle, test: ModelTest, initial: unknown, patience: Patience): Insight {
  const shape = shapeOf(test);
  if (shape === null || riddle.partial !== null) return NO_INSIGHT;
  const known = knownOf(riddle, shape, timeOf(test), initial);
  if (known === null) return NO_INSIGHT;
  const derivation = new SourceDerivation(known);
  const paid = <T>(act: (budget: number) => T): T => {
    const before = derivation.steps;
    const result = act(before + patience.left * LIGHT);
    patience.left -= (derivation.steps - before) / LIGHT;
    return result;
  };
  const impossible = paid((budget) => derivation.impossible(budget));
  return { impossible, refute: (chosen) => paid((budget) => derivation.refute(chosen, budget)) };
}

/** What orders a test is about; null where it is about none. */
function shapeOf(test: ModelTest): OrderShape | null {
  if (test.by === 'whole') return (test.kinds & ALL_DATA) === ALL_DATA ? 'whole' : null;
  return test.by === 'snapshot' || test.by === 'prefix' ? test.by : null;
}

/** What is known by reads of unique values; null where that has a cycle, or there are too many transactions. */
function knownOf(riddle: Riddle, shape: OrderShape, time: number, initial: unknown): KnownReads | null {
  const history = riddle.told(new Int32Array(riddle.readings.length).fill(SILENT));
  const registers = registersOf(history, initial);
  if (registers.repeated.size > 0 || registers.problems.length > 0) return null;
  const edges = registerEdges(registers, knownPairs(registers, {}).pairs, readersOf(registers));
  const { start, end, type } = history.columns;
  const { rows, session } = registers;
  const timed = { rows, start, end, session, happened: (row: number): boolean => type[row] !== FAIL };
  if (time === REAL_TIME && history.realTime) addRealTime(edges, timed);
  if (time !== 0) addSessions(edges, timed);
  const split = shape !== 'whole';
  const kinds = ALL_DATA | time;
  const graph = split ? splitGraph(edges, kinds, shape === 'snapshot') : wholeGraph(edges, kinds);
  const reach = Reachability.of(graph, MOST_WORDS);
  if (reach === null) return null;
  const writers = writtenVersions(registers).map((versions) => [
    ...new Set(versions.map((version) => registers.writer[version])),
  ]);
  const reads = [...certainReads(registers), ...openReads(registers, riddle)];
  return { riddle, reach, shape, commits: split ? edges.nodes : 0, writers, reads };
}

/** The reads of values that one transaction wrote, committed, as its last of the key. */
function* certainReads(registers: RegisterTransactions): Generator<KeyRead> {
  const { first, key, version, writer, status, intermediate, rows } = registers;
  for (let row = 0; row < rows; row++) {
    if (status[row] !== COMMITTED) continue;
    for (let place = first[row]; place < first[row + 1]; place++) {
      if (!readsAnew(registers, row, place)) continue;
      const source = writer[version[place]];
      if (source < 0 || source === row || status[source] !== COMMITTED || intermediate[version[place]]) continue;
      yield { row, key: key[place], reading: -1, left: new Set([source]), gone: new Map(), assumed: -1 };
    }
  }
}

/** The readings of a riddle that are of other transactions' last writes, or of the initial value. */
function* openReads(registers: RegisterTransactions, { readings }: Riddle): Generator<KeyRead> {
  const numbers = new Map(registers.keys.map((key, at) => [valueName(key), at]));
  for (const [reading, { row, of, sources }] of readings.entries()) {
    const key = of === undefined ? undefined : numbers.get(valueName(of));
    if (key !== undefined)
      yield { row, key, reading, left: new Set(sources.map((source) => source.row)), gone: new Map(), assumed: -1 };
  }
}
