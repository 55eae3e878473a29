import { lostInsertions, mixedRuns, type ReplicatedList, replicatedList, visibilities } from 'elle-ts';
import { keyedSlots, oneOf, readAll } from './keyed-calls.ts';
import type { Draw, PlannedCall, Workload } from './workload.ts';

/** What people type, letters that repeat among it; the last are pasted. */
const TYPED = ['a', 'e', 'is', 'no', 'the', 'all', 'book', 'letter', 'see you'] as const;
const PASTED = ['Mississippi, a river', 'tomorrow and tomorrow and tomorrow'] as const;

/** How often a client pastes; continues where it typed last; takes back what it typed last; types that again. */
const PASTES = 0.08;
const CONTINUES = 0.6;
const UNDOES = 0.4;
const REDOES = 0.5;
/** Where it does not go on, a client often types at the end, where others do, too. */
const AT_THE_END = 0.4;
/** The letters of a range that is removed, at most. */
const RANGE = 8;

/** What a client typed last into a text, and whether it has taken that back. */
interface Typed {
  readonly letters: string;
  readonly values: readonly number[];
  readonly undone: boolean;
}

/**
 * A text as people edit it: runs of letters, typed where the client's cursor is, pastes, ranges that are removed, what
 * was typed taken back and typed again. `values` name the letters of a run, one each, whatever the letters are; a place
 * is the letter before it. What is removed of a range is what is still there of it.
 */
export const typingWorkload: Workload<ReplicatedList> = {
  name: 'typing',
  datatype: 'list',
  mix: { insert: 5, remove: 2, read: 3 },
  heeds: ['keys', 'skew', 'mix'],
  calls(draw, options) {
    const last = new Map<string, Typed>();
    let letters = 0;
    return keyedSlots(draw, options).map((slot): PlannedCall<ReplicatedList> => {
      const { f, client, key } = slot;
      if (f === 'read') return { ...slot, f, input: null };
      const name = `${client} ${key}`;
      const before = last.get(name);
      // A client removes only after it has inserted into this text; before that the call is an insertion.
      if (f === 'remove' && before && !before.undone) {
        const undoes = draw('undo') < UNDOES;
        if (undoes) last.set(name, { ...before, undone: true });
        return { ...slot, f, input: { values: undoes ? before.values : rangeOf(draw, key) } };
      }
      const typed = before?.undone && draw('redo') < REDOES ? before.letters : drawn(draw);
      const values = Array.from(typed, () => ++letters);
      last.set(name, { letters: typed, values, undone: false });
      const behind = before && draw('go on') < CONTINUES ? before.values.at(-1) : null;
      const at = draw('at the end') < AT_THE_END ? 0.999_999 : draw('place');
      const after = { $cursor: key, at, behind } as unknown as null;
      return { ...slot, f: 'insert', input: { values, letters: typed, after } } as PlannedCall<ReplicatedList>;
    });
  },
  final: readAll,
  // Clients remove only what was typed, and undo each insertion at most once.
  rare: ['remove'],
  checkers: [replicatedList(), lostInsertions(), mixedRuns(), ...visibilities<ReplicatedList>()],
  placedAs: 'list',
};

function drawn(draw: Draw): string {
  return draw('paste') < PASTES ? oneOf(draw, 'pasted', PASTED) : oneOf(draw, 'typed', TYPED);
}

const rangeOf = (draw: Draw, key: string) =>
  ({ $range: key, at: draw('range'), length: 1 + Math.floor(draw('length') * RANGE) }) as unknown as readonly number[];
