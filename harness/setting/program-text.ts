/**
 * How a program is written where a system's name stands: `bin:<workload of Maelstrom>:<words>`. The words are split at
 * blanks, or a JSON list where one of them has a blank: `bin:lin-kv:["./my node","-v"]`.
 */
import { BadInput } from '../failure.ts';

/** A program as a setting names it: paths are relative to the working folder. */
export interface ProgramSource {
  readonly dialect: string;
  readonly command: string;
  readonly args: readonly string[];
}

const PREFIX = 'bin:';

/** Whether a system's name is that of a program. */
export function isProgramSource(says: string): boolean {
  return says.startsWith(PREFIX);
}

/** The program that this names. Throws `BadInput` where it names none. */
export function programSourceOf(says: string): ProgramSource {
  const colon = says.indexOf(':', PREFIX.length);
  const dialect = says.slice(PREFIX.length, colon);
  const words = colon < 0 ? [] : wordsIn(says.slice(colon + 1).trim(), says);
  const [command, ...args] = words;
  if (command === undefined)
    throw new BadInput(`a program is written bin:WORKLOAD:COMMAND, as in bin:lin-kv:./node, not ${says}`);
  return { dialect, command, args };
}

function wordsIn(text: string, says: string): readonly string[] {
  if (!text.startsWith('[')) return text.split(/\s+/).filter((word) => word !== '');
  try {
    const words: unknown = JSON.parse(text);
    if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  } catch {
    // The sentence below says what is wrong with both.
  }
  throw new BadInput(`${says}: after the second colon there is to be a JSON list of words`);
}

/** The text that names this program. */
export function programText({ dialect, command, args }: ProgramSource): string {
  const words = [command, ...args];
  const plain = words.every((word) => word !== '' && !/\s/.test(word)) && !command.startsWith('[');
  return `${PREFIX}${dialect}:${plain ? words.join(' ') : JSON.stringify(words)}`;
}

/** The name of a program, without the path to it: `lin-kv/node.py`. */
export function programName({ dialect, command }: Pick<ProgramSource, 'dialect' | 'command'>): string {
  return `${dialect}/${/([^/]*)\/*$/.exec(command)![1]}`;
}
