/** Files of lines that are too large for one string: read a piece at a time, and cut where a kill left half a line. */
import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = 1 << 20;
/** No line of ours is longer; what is would only fill the memory. */
const LONGEST = 64 << 20;

export interface Line {
  readonly text: string;
  /** Where the next line begins, in bytes. */
  readonly end: number;
}

/** The whole lines of a file, one after the other; half a line at its end is none. Throws where one is far too long. */
export function* linesIn(file: string): Generator<Line, undefined> {
  const open = openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK);
    let rest: Buffer[] = [];
    let end = 0;
    let held = 0;
    for (let count = readSync(open, chunk); count > 0; count = readSync(open, chunk)) {
      let from = 0;
      for (let at = chunk.indexOf(10, from); at >= 0 && at < count; at = chunk.indexOf(10, from)) {
        rest.push(Buffer.from(chunk.subarray(from, at)));
        const line = Buffer.concat(rest);
        rest = [];
        held = 0;
        from = at + 1;
        end += line.length + 1;
        yield { text: line.toString('utf8'), end };
      }
      rest.push(Buffer.from(chunk.subarray(from, count)));
      held += count - from;
      if (held > LONGEST) throw new Error('a line is longer than 64 MB');
    }
  } finally {
    closeSync(open);
  }
  return undefined;
}
