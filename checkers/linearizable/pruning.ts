/**
 * Pruning for registers: a configuration from which some later operation
 * can no longer be explained is a dead end and is dropped at once.
 *
 * An operation that returned and found a value (a read, or a swap) needs a state in which that value is there.
 * If the value is not there now, somebody must still write it: an operation that begins later, an open one
 * that has not taken effect, or one that never returns. Where there is none, no order can be completed.
 * With unique written values this leaves hardly any choice at all; without, it costs next to nothing.
 */
import { NEVER_COLUMN } from '../history.ts';
import type { Flow, Problem, SearchPlan, ValuesAtRisk } from './search-problem.ts';

/** Beyond this many words there is no pruning: it would take more memory than it saves. */
const MOST_WORDS = 1 << 26;

/** Per value: the latest start of what needs it and of what makes it; makers that never return are always there. */
interface Ends {
  readonly lastNeed: Int32Array;
  readonly lastMake: Int32Array;
}

/** A plan before its values at risk are known. */
type Plan = Omit<SearchPlan, 'atRisk'>;

/** The values at risk at each return; `undefined` where nothing is known about the operations, or that is too much. */
export function valuesAtRisk(plan: Plan): ValuesAtRisk | undefined {
  const { flow } = plan.problem;
  if (flow === undefined) return undefined;
  const ends = latest(plan.problem, flow);
  const width = 2 + 2 * plan.slotWords;
  const from = new Int32Array(plan.returns + 1);
  let records = new Int32Array(16);
  let used = 0;
  // Values that only past operations made, and that are needed later.
  let held: readonly number[] = plan.problem.spec.initial;
  for (let r = 0; r < plan.returns; r++) {
    const time = plan.problem.end[plan.returning[r]];
    const next: number[] = [];
    for (const value of atHand(plan, flow, r, held)) {
      if (ends.lastMake[value] > time) continue;
      const later = ends.lastNeed[value] > time;
      if (later) next.push(value);
      if (used + width > records.length) records = doubled(records);
      if (fill(plan, flow, r, value, later, records.subarray(used, used + width))) used += width;
    }
    if (used > MOST_WORDS) return undefined;
    held = next;
    from[r + 1] = used;
  }
  return { from, records: records.subarray(0, used) };
}

function doubled(records: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(2 * records.length);
  wider.set(records);
  return wider;
}

/** The values that open operations need or make, and those held. */
function atHand(plan: Plan, flow: Flow, r: number, held: readonly number[]): ReadonlySet<number> {
  const values = new Set<number>(held);
  for (const lists of [plan.writers, plan.readers]) {
    for (let i = lists.from[r]; i < lists.from[r + 1]; i++) {
      const c = plan.problem.class[lists.items[i]];
      if (flow.makes[c] >= 0) values.add(flow.makes[c]);
      if (flow.needs[c] >= 0) values.add(flow.needs[c]);
    }
  }
  return values;
}

function latest(problem: Problem, flow: Flow): Ends {
  const states = problem.spec.size();
  const lastNeed = new Int32Array(states).fill(-1);
  const lastMake = new Int32Array(states).fill(-1);
  for (let i = 0; i < problem.length; i++) {
    const never = problem.end[i] === NEVER_COLUMN;
    const needs = flow.needs[problem.class[i]];
    const makes = flow.makes[problem.class[i]];
    if (needs >= 0 && !never) lastNeed[needs] = Math.max(lastNeed[needs], problem.start[i]);
    if (makes >= 0) lastMake[makes] = Math.max(lastMake[makes], never ? NEVER_COLUMN : problem.start[i]);
  }
  return { lastNeed, lastMake };
}

/** Fills in a record; false where nobody needs the value any more. */
function fill(plan: Plan, flow: Flow, r: number, value: number, later: boolean, record: Int32Array): boolean {
  let needed = later;
  record.fill(0);
  record[0] = value;
  record[1] = later ? 1 : 0;
  for (const lists of [plan.writers, plan.readers]) {
    for (let i = lists.from[r]; i < lists.from[r + 1]; i++) {
      const slot = plan.slot[lists.items[i]];
      const c = plan.problem.class[lists.items[i]];
      if (flow.makes[c] === value) record[2 + (slot >>> 5)] |= 1 << (slot & 31);
      if (flow.needs[c] !== value) continue;
      record[2 + plan.slotWords + (slot >>> 5)] |= 1 << (slot & 31);
      needed = true;
    }
  }
  return needed;
}

/**
 * Whether no order completes a configuration: some operation needs a value that is not there
 * and that nobody can write any more. The configuration begins with its state and its slot words.
 */
export function isDeadEnd(plan: SearchPlan, r: number, configuration: Int32Array): boolean {
  const { atRisk, slotWords } = plan;
  if (atRisk === undefined) return false;
  const { records } = atRisk;
  for (let at = atRisk.from[r]; at < atRisk.from[r + 1]; at += 2 + 2 * slotWords) {
    if (records[at] === configuration[0]) continue;
    let needed = records[at + 1] === 1;
    let made = false;
    for (let word = 0; word < slotWords; word++) {
      if ((records[at + 2 + word] & ~configuration[1 + word]) !== 0) made = true;
      if ((records[at + 2 + slotWords + word] & ~configuration[1 + word]) !== 0) needed = true;
    }
    if (needed && !made) return true;
  }
  return false;
}
