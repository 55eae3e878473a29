import { type Drawing, type DrawnNode, wholeUpTo } from './drawing.ts';
import { escaped } from './escaped.ts';
import { ringPlaces } from './page/ring.ts';

const WIDTH = 760;
const MARGIN = 24;
const LINE = 18;
/** So many characters fit on a line. */
const CHARACTERS = 100;
const NODE = 24;

interface Line {
  readonly text: string;
  readonly weight?: 'bold';
}

/**
 * A drawing as an SVG of its own, which needs no style sheet, font or network: a ring
 * where there are edges, below it the operations and the argument step by step. Linear.
 */
export function svgOf(drawing: Drawing): string {
  const { title, nodes, edges, steps } = drawing;
  const radius = Math.max(90, edges.length * 17);
  const ring = edges.length > 0 ? { width: WIDTH, height: radius * 2 + 110, radius, node: NODE } : null;
  const above = wrapped(title).map((text): Line => ({ text, weight: 'bold' }));
  const below = [
    ...nodes.flatMap((node) => wrapped(nodeText(node))),
    '',
    ...steps.flatMap((step, place) => wrapped(`${place + 1}. ${step}`)),
  ].map((text): Line => ({ text }));
  const top = MARGIN + above.length * LINE;
  const bottom = top + (ring?.height ?? LINE);
  const height = bottom + below.length * LINE + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="#1a1a1a">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...linesAt(MARGIN, above),
    ...(ring ? [`<g transform="translate(0 ${top})">`, ...ringOf(drawing, ring), '</g>'] : []),
    ...linesAt(bottom, below),
    '</svg>',
    '',
  ].join('\n');
}

function nodeText({ name, start, text, onCycle }: DrawnNode): string {
  return `${onCycle ? `${name} is operation ${start}` : name}: ${text}`;
}

function ringOf({ nodes, edges }: Drawing, size: Parameters<typeof ringPlaces>[1]): string[] {
  const places = ringPlaces(edges.length, size);
  const arrow =
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#b3261e"/></marker></defs>';
  return [
    arrow,
    ...edges.map(({ label, why }, place) => {
      const { x, y, side } = places.label(place);
      const path = `<path d="${places.arc(place)}" fill="none" stroke="#b3261e" stroke-width="1.8" marker-end="url(#arrow)"/>`;
      return `<g><title>${escaped(why)}</title>${path}<text x="${x}" y="${y}" text-anchor="${side}">${escaped(label)}</text></g>`;
    }),
    ...edges.map(({ from }, place) => {
      const { x, y } = places.node(place);
      const { name, start, text } = nodes[from]!;
      const disc = `<circle cx="${x}" cy="${y}" r="${NODE}" fill="#ffffff" stroke="#1a1a1a" stroke-width="1.3"/>`;
      return `<g><title>${escaped(`operation ${start}: ${text}`)}</title>${disc}<text x="${x}" y="${y + 5}" text-anchor="middle">${escaped(name)}</text></g>`;
    }),
  ];
}

function linesAt(y: number, lines: readonly Line[]): string[] {
  return lines.map(({ text, weight }, place) => {
    const bold = weight ? ` font-weight="${weight}"` : '';
    return `<text x="${MARGIN}" y="${y + place * LINE}"${bold} xml:space="preserve">${escaped(text)}</text>`;
  });
}

/** A text as lines, broken between words where there are any; the later ones are indented. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > CHARACTERS) {
    const space = rest.lastIndexOf(' ', CHARACTERS);
    const end = space > CHARACTERS / 2 ? space : wholeUpTo(rest, CHARACTERS);
    lines.push(rest.slice(0, end));
    rest = `    ${rest.slice(end).trimStart()}`;
  }
  return [...lines, rest];
}
