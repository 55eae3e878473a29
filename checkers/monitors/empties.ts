/**
 * Removals that found nothing.
 *
 * Such a removal is right if there is a gap between two events of its interval at which no value is certainly inside: then all
 * values lie wholly before or wholly after the gap, or can, and the two sides can be judged apart. So nothing else is needed of it.
 *
 * Removals that crashed may have emptied a container on the way. Of the values that never came out, those that were in before a gap must each have
 * been taken by a crashed removal that began before it; which one does not matter, because what is in earlier must be out earlier.
 */
import type { Anomaly } from '../checker.ts';
import { NEVER_COLUMN } from '../history.ts';
import { type Contents, coveringValues, heldSentence, rowsOf } from './container.ts';
import { anomaly, say } from './findings.ts';

/** The first removal that found nothing although something was inside all the while, with values that prove it. O(n). */
export function falseEmpties(contents: Contents): readonly Anomaly[] {
  const { timeline, empties, pending } = contents;
  if (empties.length === 0) return [];
  const { columns, inv, ret, size } = timeline;
  const free = freeGaps(contents);
  const nextFree = new Int32Array(size + 2).fill(size + 1);
  for (let gap = size; gap >= 0; gap--) nextFree[gap] = free[gap] ? gap : nextFree[gap + 1];
  const wrong = empties.find((row) => nextFree[inv[row]] >= ret[row]);
  if (wrong === undefined) return [];
  const inside = new Set(coveringValues(contents, inv[wrong], ret[wrong]));
  const crashed = pending.filter((row) => inv[row] < ret[wrong]).slice(0, 8);
  // Where crashes may have taken some of what was left, more was left than that.
  for (let v = 0; v < contents.count && inside.size < 2 * crashed.length + 1; v++) {
    if (crashed.length > 0 && contents.removeInv[v] === NEVER_COLUMN && contents.addRet[v] < ret[wrong]) inside.add(v);
  }
  const rows = [wrong, ...crashed, ...[...inside].flatMap((v) => rowsOf(contents, v))];
  const steps = [say(columns, wrong), ...[...inside].map((v) => heldSentence(contents, v))];
  if (crashed.length > 0) steps.push('The removals that crashed do not account for all of them.');
  const message = 'A removal found nothing although something was inside all the while.';
  return [anomaly(columns, 'false-empty', message, rows, steps)];
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
