/** A design with all that it is built on as one module, which runs in the page and, downloaded, on the command line. */

/** A module without its imports and exports. */
interface Piece {
  readonly code: string;
  readonly imports: readonly { readonly from: string; readonly names: readonly (readonly [string, string])[] }[];
  readonly exports: readonly string[];
}

/** What designs are made of. */
export interface Pieces {
  readonly modules: Readonly<Record<string, Piece>>;
  /** Of each design the path of its file, and what it is there. */
  readonly designs: Readonly<Record<string, { readonly path: string; readonly is: string }>>;
}

/** The text of a module that exports the design as `mine`, and the line on which the design's own file begins. */
export function assembled(
  { modules, designs }: Pieces,
  name: string,
): { readonly text: string; readonly line: number } {
  const design = designs[name];
  if (!design) throw new Error(`there is no source of ${name}`);
  const order = inOrder(modules, design.path);
  const below = order.slice(0, -1).map((path) => wrapped(path, modules[path]!));
  const own = modules[design.path]!;
  const head = `// ${name}, from ${design.path}. What it is built on comes first.`;
  const before = [head, ...below].join('\n\n');
  const text = `${before}\n\n// ${design.path}\n${importsText(own)}${own.code}

/** The design that is run: splitbrain run --system ./my.mjs#mine */
export const mine = ${design.is};
`;
  return { text, line: before.split('\n').length + 2 };
}

/** The module and all that it imports, in an order in which each stands behind what it needs. */
function inOrder(modules: Pieces['modules'], path: string): readonly string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  const visit = (one: string): void => {
    if (seen.has(one)) return;
    seen.add(one);
    for (const { from } of modules[one]!.imports) visit(from);
    order.push(one);
  };
  visit(path);
  return order;
}

/** In a function of its own: several modules may call something by the same name. */
function wrapped(path: string, piece: Piece): string {
  const inside = `${importsText(piece)}${piece.code}\n\nreturn { ${piece.exports.join(', ')} };`;
  return `// ${path}\nconst ${variableOf(path)} = (() => {\n${indented(inside)}\n})();`;
}

function importsText({ imports }: Piece): string {
  const lines = imports.map(({ from, names }) => {
    const taken = names.map(([name, local]) => (name === local ? name : `${name}: ${local}`));
    return `const { ${taken.join(', ')} } = ${variableOf(from)};\n`;
  });
  return lines.length === 0 ? '' : `${lines.join('')}\n`;
}

/** `systems/blocks/durable-map.ts` as `blocks_durableMap`. */
function variableOf(path: string): string {
  const [file = '', folder = ''] = path.replace(/\.ts$/, '').split('/').reverse();
  const word = (text: string) =>
    text.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/^\d/, '_$&');
  return `${word(folder)}_${word(file)}`;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
