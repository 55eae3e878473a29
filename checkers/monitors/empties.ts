/**
 * Removals that found nothing.
 *
 * Such a removal is right if there is a gap between two events of its interval at which
 * no value is certainly inside: then all values lie wholly before or wholly after the gap,
 * or can, and the two sides can be judged apart. So nothing else is needed of it.
 *
 * Removals that crashed may have emptied a container on the way. Of the values that never came
 * out, those that were in before a gap must each have been taken by a crashed removal that
 * began before it; which one does not matter, because what is in earlier must be out earlier.
 */
import type { Anomaly } from '../checker.ts';
import { NEVER_COLUMN } from '../history.ts';
import { type Contents, heldSentence, rowsOf } from './container.ts';
import { anomaly, say, short } from './findings.ts';

/**
 * The first removal that found nothing although something was
 * inside all the while, with what proves it by itself. O(n log n).
 */
export function falseEmpties(contents: Contents): readonly Anomaly[] {
  const { timeline, empties } = contents;
  if (empties.length === 0) return [];
  const { columns, inv, ret, size } = timeline;
  const free = freeGaps(contents);
  const nextFree = new Int32Array(size + 2).fill(size + 1);
  for (let gap = size; gap >= 0; gap--) nextFree[gap] = free[gap] ? gap : nextFree[gap + 1];
  const wrong = empties.find((row) => nextFree[inv[row]] >= ret[row]);
  if (wrong === undefined) return [];
  const { inside, left, crashed } = filledGaps(contents, inv[wrong], ret[wrong]);
  const rows = [wrong, ...crashed, ...[...inside, ...left].flatMap((v) => rowsOf(contents, v))];
  const steps = [say(columns, wrong), ...inside.map((v) => heldSentence(contents, v))];
  for (const v of left) {
    const row = contents.addRow[v];
    steps.push(`${short(columns.input[row])} went in with ${say(columns, row)}, and was never seen again.`);
  }
  if (left.length > 0) steps.push(`Only ${crashed.length} removals had crashed that can have taken them.`);
  const message = 'A removal found nothing although something was inside all the while.';
  return [anomaly(columns, 'false-empty', message, rows, steps)];
}

/** Values that fill the gaps of an interval, and removals that crashed. */
interface Filling {
  /** Certainly inside until they came out. */
  readonly inside: readonly number[];
  /** Never seen again: one more than the removals that had crashed by the last gap that nothing else fills. */
  readonly left: readonly number[];
  readonly crashed: readonly number[];
}

/** As few values as fill every gap from `from` to `to - 1`. */
function filledGaps(contents: Contents, from: number, to: number): Filling {
  const { timeline, count, addRet, removeInv, pending } = contents;
  const { inv } = timeline;
  const certain = (v: number): boolean => removeInv[v] !== NEVER_COLUMN || pending.length === 0;
  const inQuestion = Array.from({ length: count }, (_, v) => v).sort((a, b) => addRet[a] - addRet[b]);
  const candidates = inQuestion.filter((v) => certain(v) && addRet[v] < Math.min(removeInv[v], to));
  const inside: number[] = [];
  let owed = -1;
  let best = -1;
  for (let gap = from, next = 0; gap < to; ) {
    for (; next < candidates.length && addRet[candidates[next]] <= gap; next++)
      if (best < 0 || removeInv[candidates[next]] > removeInv[best]) best = candidates[next];
    if (best >= 0 && removeInv[best] > gap) {
      inside.push(best);
      gap = removeInv[best];
    } else owed = gap++;
  }
  const crashed = pending.filter((row) => inv[row] <= owed);
  const left = owed < 0 ? [] : inQuestion.filter((v) => !certain(v)).slice(0, crashed.length + 1);
  return { inside, left, crashed };
}

/** The gaps at which nothing need be inside (gap g follows event g). */
export function freeGaps({ timeline, count, addRet, removeInv, pending }: Contents): Uint8Array {
  const { size, inv } = timeline;
  const inside = new Int32Array(size + 2);
  const left = new Int32Array(size + 2);
  for (let v = 0; v < count; v++) {
    if (removeInv[v] === NEVER_COLUMN) left[addRet[v]]++;
    else if (addRet[v] < removeInv[v]) {
      inside[addRet[v]]++;
      inside[Math.min(removeInv[v], size)]--;
    }
  }
  for (const row of pending) left[inv[row]]--;
  const free = new Uint8Array(size + 2);
  for (let gap = 0, held = 0, owed = 0; gap <= size; gap++) {
    held += inside[gap];
    owed += left[gap];
    free[gap] = held === 0 && owed <= 0 ? 1 : 0;
  }
  return free;
}
