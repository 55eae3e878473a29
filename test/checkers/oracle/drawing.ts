/**
 * Histories as drawings, a line a process:
 *
 *     0: [write 1      ]     [read -> 1]
 *     1:     [cas [1,2] ~
 *     2:         [read -> 3 ]   [y.write 4 !
 *
 * A bracket opens where the operation begins; `]` is where it returned, `!` where it failed, `~` says
 * that it never returned. An operation is a name, perhaps with its key before it, then its input, then `->`
 * and its output, both JSON and `null` where absent. What begins and ends in the same column overlaps.
 */
import { type Api, type History, historyOf, NEVER, type Operation } from 'elle-ts';

interface Mark {
  readonly column: number;
  readonly line: number;
  readonly ends: boolean;
  readonly operation: number;
}

/** The history that is drawn. Events are numbered from left to right; a process's name is its number. */
export function drawn<A extends Api>(drawing: string): History<A> {
  const operations: { process: number; text: string; end: string }[] = [];
  const marks: Mark[] = [];
  for (const [line, text] of drawing.split('\n').entries()) {
    const named = /^\s*(\d+):/.exec(text);
    if (!named) continue;
    for (const found of text.matchAll(/\[((?:[^[\]~!]|\[[^\]]*\])*)([\]~!])/g)) {
      const operation = operations.length;
      operations.push({ process: Number(named[1]), text: (found[1] as string).trim(), end: found[2] as string });
      marks.push({ column: found.index, line, ends: false, operation });
      if (found[2] !== '~') marks.push({ column: found.index + found[0].length - 1, line, ends: true, operation });
    }
  }
  marks.sort((a, b) => a.column - b.column || Number(a.ends) - Number(b.ends) || a.line - b.line);
  const time = (operation: number, ends: boolean): number => {
    const at = marks.findIndex((mark) => mark.operation === operation && mark.ends === ends);
    return at < 0 ? NEVER : at;
  };
  return historyOf<A>(
    operations.map(({ process, text, end }, i) => ({
      process,
      ...called(text, end),
      ...between(time(i, false), time(i, true)),
    })) as unknown as Operation<A>[],
  );
}

function between(start: number, end: number): Pick<Operation, 'start' | 'end' | 'startNs' | 'endNs'> {
  return { start, end, startNs: start * 1000, endNs: end === NEVER ? Number.POSITIVE_INFINITY : end * 1000 };
}

function called(text: string, end: string): Record<string, unknown> {
  const parts = /^(?:(\w+)\.)?([\w-]+)\s*(.*?)\s*(?:->\s*(.*))?$/.exec(text);
  if (!parts) throw new Error(`"${text}" is no operation`);
  const [, key, f, input, output] = parts;
  const outcome =
    end === ']'
      ? { type: 'ok', output: output ? JSON.parse(output) : null }
      : { type: end === '!' ? 'fail' : 'info', error: end === '!' ? 'refused' : 'timeout' };
  return { f, ...(key ? { key } : {}), input: input ? JSON.parse(input) : null, outcome };
}
