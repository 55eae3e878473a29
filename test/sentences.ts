/**
 * `npm run sentences -- [WORD]`: every sentence that a user may see, with its place, or those with this word. They
 * are the strings, templates and texts of JSX in the sources with at least two words; what a template holds is `…`.
 */
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vite';
import { sourcesOf } from './architecture/sources.ts';

export interface Sentence {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** Whose words a user reads. Designs speak of their flaws and claims. */
const FOLDERS = ['checkers', 'cli', 'databases', 'harness', 'isolation', 'report', 'systems', 'workloads'];

/** Attributes of elements that nobody reads. */
const UNREAD = /^(class|id|d|style|points|transform|viewBox|aria-labelledby|key)$/;

interface Node {
  readonly type: string;
  readonly start: number;
  readonly value?: unknown;
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[];
  readonly [key: string]: unknown;
}

/** All sentences of the sources. */
export function sentences(): readonly Sentence[] {
  return FOLDERS.flatMap((folder) => sourcesOf(folder)).flatMap(({ path, text }) => sentencesIn(path, text));
}

/** Those of one file. */
export function sentencesIn(path: string, text: string): readonly Sentence[] {
  const found: Sentence[] = [];
  const program = parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' });
  visit(program, (node) => {
    const said = saidBy(node);
    if (said === undefined || !/\p{L}\S* +(\S+ +)*\S*\p{L}/u.test(said)) return;
    found.push({ path, line: text.slice(0, node.start).split('\n').length, text: said.replace(/\s+/g, ' ').trim() });
  });
  return found;
}

function saidBy({ type, value, quasis }: Node): string | undefined {
  if ((type === 'Literal' || type === 'JSXText') && typeof value === 'string') return value;
  return type === 'TemplateLiteral' ? quasis!.map((quasi) => quasi.value.cooked).join('…') : undefined;
}

function visit(node: unknown, on: (node: Node) => void): void {
  if (Array.isArray(node)) for (const one of node) visit(one, on);
  else if (typeof node === 'object' && node !== null) {
    const { type, name } = node as Node & { readonly name?: Node };
    // What names a class or an element is no sentence.
    if (type === 'JSXAttribute' && UNREAD.test(String(name?.name))) return;
    if (typeof type === 'string') on(node as Node);
    for (const one of Object.values(node)) visit(one, on);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , word = ''] = process.argv;
  const told = sentences().filter(({ text }) => text.includes(word));
  for (const { path, line, text } of told) process.stdout.write(`${path}:${line}: ${text}\n`);
}
