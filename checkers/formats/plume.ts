import { wholeNumber } from './exact-number.ts';
import { HistoryError } from './history-error.ts';
import { Lines } from './lines.ts';
import type { ReadOptions } from './options.ts';
import type { Reader } from './reader.ts';
import { type SessionMop, type SessionTransaction, sessionsHistory, withInitialZeros } from './sessions.ts';

const LINE = /^\s*([rw])\(\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*\)\s*$/;

/** The transaction of a line that says only that its transaction was aborted. */
const ABORTED = -1;

type Draft = SessionTransaction & { readonly mops: SessionMop[] };

/**
 * Reads the text that Plume, PolySI, IsoVista and AWDIT share: `r(key,value,session,transaction)` or `w(...)` a line.
 * Lines of one transaction belong together wherever they are, in their order. All lines of transaction -1 that follow
 * one another within a session are one aborted transaction. The value 0 is the initial one, unless it is written.
 */
export function plumeReader(options?: ReadOptions): Reader {
  const drafts = new Drafts();
  const lines = new Lines(options, (text, from, to, number) => {
    const line = text.slice(from, to);
    if (line.trim() === '') return;
    const match = LINE.exec(line);
    if (!match)
      throw new HistoryError(
        `no line of the form r(key,value,session,transaction): "${line.slice(0, 40)}"`,
        number,
        /^\s*[rw](\([^)]*)?$/.test(line),
      );
    const [key, value, session, id] = match.slice(2).map((digits) => wholeNumber(digits, number)) as Numbers;
    drafts.of(session, id, number).mops.push([match[1] as 'r' | 'w', key, value]);
  });
  return {
    push: (text) => lines.push(text),
    end() {
      const notes = lines.end();
      return { history: sessionsHistory(withInitialZeros(drafts.all), notes.length > 0), notes, format: 'plume' };
    },
  };
}

type Numbers = [key: number, value: number, session: number, id: number];

/** The transactions so far, in the order of their first lines. */
class Drafts {
  readonly all: Draft[] = [];
  private readonly byId = new Map<number, Draft>();
  /** The aborted transaction that a session's last line belongs to. */
  private readonly aborted = new Map<number, Draft>();

  of(session: number, id: number, line: number): Draft {
    const known = id === ABORTED ? this.aborted.get(session) : this.byId.get(id);
    if (id !== ABORTED) this.aborted.delete(session);
    if (known === undefined) return this.begin(session, id);
    if (known.session === session) return known;
    throw new HistoryError(`transaction ${id} is of session ${known.session} and of session ${session}`, line);
  }

  private begin(session: number, id: number): Draft {
    const draft: Draft = { session, committed: id !== ABORTED, mops: [] };
    if (id === ABORTED) this.aborted.set(session, draft);
    else this.byId.set(id, draft);
    this.all.push(draft);
    return draft;
  }
}
