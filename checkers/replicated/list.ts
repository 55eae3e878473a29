/**
 * Replicated lists and texts: elements are distinct, are inserted and removed, and stay in one
 * order for ever. The strong list specification of Attiya, Burckhardt, Gotsman, Morrison,
 * Yang and Zawirski, "Specification and complexity of collaborative text editing", PODC 2016.
 */
import type { Anomaly, Checker, Verdict } from '../checker.ts';
import { type Columns, type History, OK } from '../history.ts';
import { baseless, type Deed, untimed, untimedReason } from '../monitors/begun.ts';
import { anomaly, say, short, verdictOf } from '../monitors/findings.ts';
import { identity } from '../monitors/identity.ts';
import { counterexample } from '../sources/counterexample.ts';
import { decide } from '../sources/decide.ts';
import { someRows } from '../sources/some-rows.ts';
import { type ReplicatedType, replicated } from './convergence.ts';
import { contentOf, inserted, judgeOrder, removed, type Story, storiesOf } from './list-order.ts';
import { elementRiddles } from './repeated-elements.ts';
import { knownTo } from './replica-order.ts';
import { untouchedElements } from './unanswered.ts';

/**
 * A list of distinct elements. `insert` may name the element after which it puts its own, null for the beginning; one
 * that no operation inserted, as of an initial list, says nothing of the order. It takes a run of elements, too, and
 * `remove` a range of them: `{ values }`.
 */
export type ReplicatedList = {
  insert(
    input:
      | { readonly value: unknown; readonly after?: unknown; readonly index?: number }
      | { readonly values: readonly unknown[]; readonly after?: unknown },
  ): null;
  remove(value: unknown): null;
  read(input: null): readonly unknown[];
};

const INSERTED: Deed = { did: 'inserted it', doing: 'inserting it', to: 'insert it' };

/** What makes two values of a replicated list the same. */
export const sameLists = {
  silentNull: true,
  certain: untouchedElements((columns, row) =>
    columns.fNames[columns.f[row]] === 'remove'
      ? removed(columns, row)
      : inserted(columns, row).map(({ value }) => value),
  ),
} as const;

/**
 * Whether replicas of a list agree in the end, on all that was inserted and not removed, and whether all reads of all
 * replicas at all times, removed elements included, fit into one order. Where an element was inserted several times it
 * is searched which of them each read shows (bounded), and in the end there must be as many as were inserted; unknown
 * where such an element was removed. Otherwise O(total length of the reads).
 */
export function replicatedList(): Checker<ReplicatedList> {
  return { name: 'list', check: (history) => listOf(history as unknown as History).check(history) };
}

function listOf(history: History): Checker<ReplicatedList> {
  return replicated({
    name: 'list',
    ...sameLists,
    judge: (columns, rows, final) => {
      const stories = storiesOf(columns, rows);
      const made = madeUp(columns, rows, stories);
      const several = [...stories.values()].filter(({ inserts }) => inserts.length > 1);
      if (made.length > 0) return { always: made, unsure: untold(columns, stories) };
      const order =
        several.length === 0
          ? judgeOrder(columns, rows, stories)
          : several.some(({ inserts }) => inserts.some((row) => inserted(columns, row).length > 1))
            ? { unknown: 'elements that were inserted in a run repeat' }
            : orderBySearch(history, rows);
      const repeated = several.find(({ removes }) => removes.length > 0);
      const read = final.at(-1);
      return {
        always: 'unknown' in order ? [] : order,
        final: read === undefined ? [] : judgeContent(columns, stories, read),
        unsure:
          'unknown' in order
            ? order.unknown
            : repeated
              ? `${short(repeated.element)} was inserted several times and removed, and which of them is unknown`
              : untold(columns, stories),
      };
    },
  } satisfies ReplicatedType);
}

/** Operations judged by one search for which insertion each read shows. */
const PATIENCE = 2_000_000;

/** What is wrong with the order whichever of equal elements each read shows. */
function orderBySearch(history: History, rows: readonly number[]): readonly Anomaly[] | { readonly unknown: string } {
  const ofKey = someRows(history, new Set(rows));
  const check = ({ columns }: History): Verdict => {
    const all = Array.from({ length: columns.length }, (_, row) => row);
    return verdictOf(judgeOrder(columns, all, storiesOf(columns, all)));
  };
  const riddle = elementRiddles.of(ofKey);
  if (!riddle) return judgeOrder(history.columns, rows, storiesOf(history.columns, rows));
  const decision = decide(riddle, check, { left: PATIENCE });
  if (decision.type === 'valid') return [];
  if (decision.type === 'unknown') return { unknown: decision.reason };
  const found = counterexample(ofKey, elementRiddles, check, decision.cases);
  return found ? [found] : { unknown: 'elements repeat, and what was found to break the order does not by itself' };
}

/** Reads that show an element more often than anybody had begun to insert it: the first of each element and count. */
function madeUp(columns: Columns, rows: readonly number[], stories: ReadonlyMap<unknown, Story>): readonly Anomaly[] {
  const soonest = new Map<string, { readonly element: unknown; readonly row: number; readonly copies: number }>();
  for (const row of rows) {
    const counts = new Map<unknown, number>();
    if (columns.fNames[columns.f[row]] !== 'read') continue;
    for (const element of contentOf(columns, row)) {
      const name = identity(element);
      const copies = (counts.get(name) ?? 0) + 1;
      counts.set(name, copies);
      const place = `${copies} ${typeof name} ${String(name)}`;
      const before = soonest.get(place);
      if (!before || columns.end[row] < columns.end[before.row]) soonest.set(place, { element, row, copies });
    }
  }
  const told = new Set<unknown>();
  return [...soonest.values()].flatMap(({ element, row, copies }) => {
    const name = identity(element);
    const { inserts, failed } = stories.get(name) as Story;
    const shows = `A read shows ${short(element)}`;
    const problem = baseless(columns, INSERTED, shows, row, { begun: inserts, failed }, copies);
    if (!problem || told.has(name)) return [];
    told.add(name);
    return [problem];
  });
}

/** Why nobody can tell whether all elements were inserted before they were shown, where there is no real time. */
function untold(columns: Columns, stories: ReadonlyMap<unknown, Story>): string | undefined {
  if (columns.realTime) return undefined;
  for (const { inserts, failed, reads } of stories.values()) {
    const early = reads.find((row) => untimed(columns, { begun: inserts, failed }, row));
    if (early !== undefined) return untimedReason(columns, early);
  }
  return undefined;
}

function judgeContent(columns: Columns, stories: ReadonlyMap<unknown, Story>, read: number): readonly Anomaly[] {
  const content = new Set(contentOf(columns, read).map(identity));
  const anomalies: Anomaly[] = [];
  for (const [name, { inserts, removes, reads, element: named }] of stories) {
    const [insert] = inserts;
    if (insert === undefined) continue;
    if (inserts.length > 1) {
      if (removes.length === 0) anomalies.push(...fewer(columns, named, inserts, read));
      continue;
    }
    const element = short(named);
    // A removal at a replica that did not know the element yet had nothing to remove.
    const witness = (row: number): number | undefined =>
      columns.type[row] === OK ? [insert, ...reads].find((known) => knownTo(columns, known, row)) : undefined;
    const gone = content.has(name) ? removes.find((row) => witness(row) !== undefined) : undefined;
    if (gone !== undefined) {
      const rows = [...new Set([insert, witness(gone) as number, gone, read])];
      const steps = rows.map((row) => say(columns, row));
      const message = `${element} is there in the end, though it was removed.`;
      anomalies.push(anomaly(columns, 'resurrected', message, rows, steps));
    }
    if (content.has(name) || removes.length > 0 || columns.type[insert] !== OK) continue;
    const message = `${element} was inserted and never removed, and is missing at the end.`;
    anomalies.push(anomaly(columns, 'lost', message, [insert, read], [say(columns, insert), say(columns, read)]));
  }
  return anomalies;
}

/** That fewer of an element that nobody removed are there in the end than were certainly inserted. */
function fewer(columns: Columns, named: unknown, inserts: readonly number[], read: number): readonly Anomaly[] {
  const certain = inserts.filter((row) => columns.type[row] === OK);
  const there = contentOf(columns, read).filter((one) => identity(one) === identity(named)).length;
  if (there >= certain.length) return [];
  const element = short(named);
  const message = `${element} was inserted ${certain.length} times and never removed, and is there ${there === 0 ? 'not at all' : there === 1 ? 'once' : `${there} times`} in the end.`;
  const rows = [...certain, read];
  return [
    anomaly(
      columns,
      'lost',
      message,
      rows,
      rows.map((row) => say(columns, row)),
    ),
  ];
}
