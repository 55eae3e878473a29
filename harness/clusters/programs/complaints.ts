/** What programs do that the protocol does not have: the first of each sort in words, all of them counted. */
import type { NodeId } from '../../../systems/node.ts';

/** So many of a sort are told in a node's log. */
const TOLD = 5;
/** So much of a line is quoted. */
const QUOTED = 200;

/** Something that a program did wrong, and how often: a line of the report's panel. */
export interface Complaint {
  readonly node: NodeId;
  readonly sort: string;
  /** The first ones, as sentences. */
  readonly says: readonly string[];
  readonly times: number;
}

/** A line as a sentence quotes it. */
export function quoted(line: string): string {
  const shown = line.length > QUOTED ? `${line.slice(0, QUOTED)}...` : line;
  return Array.from(shown, (character) => (isControl(character) ? '\u{FFFD}' : character)).join('');
}

function isControl(character: string): boolean {
  const code = character.codePointAt(0)!;
  return code < 32 || (code >= 127 && code < 160) || code === 0x2028 || code === 0x2029;
}

export class Complaints {
  private readonly bySort = new Map<string, { node: NodeId; sort: string; says: string[]; times: number }>();
  private readonly log: (node: NodeId, line: string) => void;

  constructor(log: (node: NodeId, line: string) => void) {
    this.log = log;
  }

  /** `says` is a whole sentence. */
  note(node: NodeId, sort: string, says: string): void {
    const name = `${node} ${sort}`;
    const known = this.bySort.get(name) ?? { node, sort, says: [], times: 0 };
    this.bySort.set(name, known);
    known.times++;
    if (known.times > TOLD) return;
    known.says.push(says);
    this.log(node, `protocol: ${says}`);
  }

  get all(): readonly Complaint[] {
    return [...this.bySort.values()];
  }

  /** How often each sort was seen, as marks. */
  marks(): Readonly<Record<string, number>> {
    const marks: Record<string, number> = {};
    for (const { sort, times } of this.bySort.values()) {
      const name = `protocol error: ${sort}`;
      marks[name] = (marks[name] ?? 0) + times;
    }
    return marks;
  }
}
