import { HistoryError } from './history-error.ts';
import { Lines } from './lines.ts';
import type { Reader } from './reader.ts';
import { type SessionTransaction, sessionsHistory } from './sessions.ts';

const LINE = /^\s*([rw])\(\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*\)\s*$/;

type Draft = SessionTransaction & { readonly mops: ['r' | 'w', number, number | null][] };

/**
 * Reads the text that Plume, PolySI, IsoVista and AWDIT share: `r(key,value,session,transaction)` or `w(...)` a line. Lines of one
 * transaction belong together wherever they are, in their order; transaction -1 was aborted. The value 0 is the initial one, unless it
 * is written.
 */
export function plumeReader(): Reader {
  const transactions: Draft[] = [];
  const byId = new Map<number, Draft>();
  const aborted = new Map<number, Draft>();
  const zeros = new Set<number>();
  const lines = new Lines((text, from, to, number) => {
    const line = text.slice(from, to);
    if (line.trim() === '') return;
    const match = LINE.exec(line);
    if (!match)
      throw new HistoryError(
        'no line of the form r(key,value,session,transaction)',
        number,
        /^\s*[rw](\([^)]*)?$/.test(line),
      );
    const [key, value, session, id] = match.slice(2).map((digits) => whole(digits, number)) as [
      number,
      number,
      number,
      number,
    ];
    const place = id === -1 ? aborted : byId;
    const name = id === -1 ? session : id;
    let draft = place.get(name);
    if (id !== -1) aborted.delete(session);
    if (draft && draft.session !== session)
      throw new HistoryError(`transaction ${id} is of session ${draft.session} and of session ${session}`, number);
    if (!draft) {
      draft = { session, committed: id !== -1, mops: [] };
      place.set(name, draft);
      transactions.push(draft);
    }
    if (match[1] === 'w' && value === 0) zeros.add(key);
    draft.mops.push([match[1] as 'r' | 'w', key, value]);
  });
  return {
    push: (text) => lines.push(text),
    end() {
      const notes = lines.end();
      for (const { mops } of transactions)
        for (const mop of mops) if (mop[0] === 'r' && mop[2] === 0 && !zeros.has(mop[1])) mop[2] = null;
      return { history: sessionsHistory(transactions), notes, format: 'plume' };
    },
  };
}

function whole(digits: string, line: number): number {
  const number = Number(digits);
  if (!Number.isSafeInteger(number)) throw new HistoryError(`the number ${digits} is too large to be kept exact`, line);
  return number;
}
