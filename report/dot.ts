import type { Drawing, DrawnNode } from './drawing.ts';

/**
 * A drawing in Graphviz' DOT language: `dot -Tsvg` and others draw it.
 * Operations that only witness an edge are dashed and have none. Linear.
 *
 * Source: https://graphviz.org/doc/info/lang.html
 */
export function dotOf({ title, nodes, edges }: Drawing): string {
  return [
    'digraph anomaly {',
    `  label=${quoted(title)};`,
    '  labelloc=t;',
    '  node [shape=box, style=rounded];',
    ...nodes.map((node) => `  ${id(node)} [${attributesOf(node)}];`),
    ...edges.map(({ from, to, label, why }) => {
      const [a, b] = [nodes[from]!, nodes[to]!];
      return `  ${id(a)} -> ${id(b)} [label=${quoted(label)}, tooltip=${quoted(why)}];`;
    }),
    '}',
    '',
  ].join('\n');
}

function id({ start }: DrawnNode): string {
  return `op${start}`;
}

function attributesOf({ name, start, text, onCycle }: DrawnNode): string {
  const first = onCycle ? `${name}, operation ${start}` : name;
  return `label=${quoted(first, text)}${onCycle ? '' : ', style="rounded,dashed"'}`;
}

/** Lines as one string of DOT. A backslash begins an escape there, also before letters. */
function quoted(...lines: readonly string[]): string {
  return `"${lines.map((line) => line.replace(/[\\"]/g, '\\$&')).join('\\n')}"`;
}
