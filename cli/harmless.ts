/**
 * What reaches a terminal or a build's log: some of its words come from nodes, histories and files of strangers. They
 * cannot move the cursor, hide text, or form one of the commands that build servers read from logs. One rule for all
 * that is written, so that no place can forget it; only what is marked as our own passes as it is.
 */
import { randomBytes } from 'node:crypto';

const [BEGIN, END] = ['b', 'e'].map((side) => `\u0001${side}${randomBytes(16).toString('hex')}\u0002`) as [
  string,
  string,
];
const OWN = new RegExp(`${BEGIN}([^]*?)${END}`);
let guarded = false;

/** Text of our own that may hold control characters or a build server's commands. */
export function own(text: string): string {
  return guarded ? `${BEGIN}${text}${END}` : text;
}

/** Control characters but the newline; marks that change the direction of text; separators of lines. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
/** GitHub reads `::` at the beginning of a line, after spaces too. */
const AT_START = /^([^\S\n]*)(?=::)/gm;
/** The old ones of GitHub, Azure and TeamCity count anywhere in a line, GitLab's after what hides them. */
const ANYWHERE = /#(?=#(?:\[|vso\[|teamcity\[))/gi;
const SECTION = /section_(?=(?:start|end):)/gi;

/** The same text without any of that. Within JSON it stays the same value. */
export function harmless(text: string): string {
  const parts = text.split(OWN);
  return parts.map((part, i) => (i % 2 === 1 ? part : escaped(part))).join('');
}

function escaped(text: string): string {
  return text
    .replace(HIDDEN, (mark) => (mark === '\t' ? mark : codeOf(mark)))
    .replace(AT_START, '$1| ')
    .replace(ANYWHERE, '\\u0023')
    .replace(SECTION, 'section\\u005f');
}

function codeOf(mark: string): string {
  return `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** From here on all that is written to the stream is made harmless. */
export function guardOutput(stream: NodeJS.WriteStream): void {
  guarded = true;
  const write = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean;
  stream.write = ((chunk: unknown, ...rest: readonly unknown[]) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString();
    return write(harmless(text), ...rest);
  }) as typeof stream.write;
}
