/**
 * YAML and JSON with the places of things, so that what is wrong
 * in a file is told with its line. JSON is read as the YAML it is.
 */
import { readFileSync } from 'node:fs';
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { BadInput, unreadText } from '../failure.ts';

/** Keys and places that lead to a value. */
export type Path = readonly (string | number)[];

/** A value out of a file. `refuse` throws `BadInput` that names file, line and path. */
export interface Document {
  readonly file: string;
  readonly value: unknown;
  refuse(path: Path, says: string): never;
  lineOf(path: Path): number | undefined;
}

/** A value that came from no file, or whose file has no lines that matter. */
export function valueDocument(value: unknown, file: string): Document {
  return {
    file,
    value,
    lineOf: () => undefined,
    refuse(path, says) {
      throw new BadInput(`${file}: ${path.length > 0 ? `${pathText(path)}: ` : ''}${says}`);
    },
  };
}

/** The parser takes a stack frame and more than linear time for what is nested, and no file that is meant is. */
const DEEPEST = 100;
const LONGEST = 10_000_000;

function parsedYaml(text: string, file: string, lines: LineCounter) {
  if (text.length > LONGEST) throw new BadInput(`${file}: it is longer than ${LONGEST} characters`);
  let depth = 0;
  for (const bracket of text.match(/[[\]{}]|^[ ]*(?:- ){9,}/gm) ?? []) {
    if (bracket === '[' || bracket === '{') depth++;
    else if (bracket === ']' || bracket === '}') depth = Math.max(0, depth - 1);
    if (depth > DEEPEST || bracket.length > 2 * DEEPEST)
      throw new BadInput(`${file}: it is nested more than ${DEEPEST} levels deep`);
  }
  try {
    return parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  } catch (error) {
    throw new BadInput(`${file}: ${(error as Error).message}`);
  }
}

/** Reads a file of YAML or JSON. Throws `BadInput` with the line where it is neither, or cannot be read. */
export function readDocument(file: string): Document {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadInput(unreadText(file, error));
  }
  const lines = new LineCounter();
  const parsed = parsedYaml(text, file, lines);
  const [broken] = parsed.errors;
  if (broken) throw new BadInput(`${file}:${lines.linePos(broken.pos[0]).line}: ${broken.message}`);
  let value: unknown;
  try {
    value = parsed.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new BadInput(`${file}: ${(error as Error).message}`);
  }
  const lineOf = (path: Path): number | undefined => {
    const offset = offsetOf(parsed.contents, path);
    return offset === undefined ? undefined : lines.linePos(offset).line;
  };
  return {
    ...{ file, value, lineOf },
    refuse(path, says) {
      const line = lineOf(path);
      const at = line === undefined ? file : `${file}:${line}`;
      throw new BadInput(`${at}: ${path.length > 0 ? `${pathText(path)}: ` : ''}${says}`);
    },
  };
}

/** `systems[2].name`, as one would write it in a program. */
function pathText(path: Path): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i > 0 ? `.${step}` : step)).join('');
}

/** Where the key or item that a path leads to begins; as far as the path goes. */
function offsetOf(root: Node | null, path: Path): number | undefined {
  let node: unknown = root;
  let offset = root?.range?.[0];
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step);
      if (!pair) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
