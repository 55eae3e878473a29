import { type Request, requestOf, responseOf } from './go-calls.ts';
import { HistoryError } from './history-error.ts';
import { JepsenEvents, shown } from './jepsen.ts';
import { JsonTexts } from './json.ts';
import { Lines } from './lines.ts';
import type { ReadOptions } from './options.ts';
import { Pairing } from './pairing.ts';
import type { Reader } from './reader.ts';

/**
 * Reads TiPocket's histories: an event a line, `{"action": "call" or "return", "proc": 3, "data": {...}}`,
 * where the data are the request or the response of its register, its compare-and-set
 * register or its bank. What nemeses did is kept, and dumped states are left out.
 */
export function tipocketReader(options?: ReadOptions): Reader {
  const pairing = new Pairing();
  const events = new JepsenEvents(pairing, options);
  const open = new Map<unknown, Request>();
  const texts = new JsonTexts();
  const notes: string[] = [];
  const read = (record: unknown, line: number): void => {
    const { action, proc, data } = (record ?? {}) as Record<string, unknown>;
    if (typeof action !== 'string') throw new HistoryError(`"action" is call or return, not ${shown(action)}`, line);
    if (/nemesis/i.test(action)) events.read({ process: 'nemesis', type: 'info', f: action, value: data }, line);
    else if (action === 'dump') notes.push(`line ${line} is a dumped state, which is not used`);
    else if (action === 'call' || action === 'invoke') {
      const request = checked(requestOf(data), line);
      open.set(proc, request);
      events.read({ process: proc, type: 'invoke', f: request.f, key: request.key, value: request.value }, line);
    } else if (action === 'return') {
      const request = open.get(proc);
      if (!request) throw new HistoryError(`process ${shown(proc)} returns and has not called`, line);
      open.delete(proc);
      events.read({ process: proc, f: request.f, key: request.key, ...checked(responseOf(data, request), line) }, line);
    } else throw new HistoryError(`"action" is call or return, not ${shown(action)}`, line);
  };
  const lines = new Lines(options, (text, from, to, number) => {
    const line = text.slice(from, to);
    if (line.trim() !== '') read(texts.parseLine(line, number), number);
  });
  return {
    push: (text) => lines.push(text),
    end() {
      notes.push(...lines.end());
      return events.reading(notes, 'tipocket');
    },
  };
}

function checked<T>(found: T | string, line: number): T {
  if (typeof found === 'string') throw new HistoryError(found, line);
  return found as T;
}
