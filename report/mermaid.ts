import type { Happening, Sequence } from './sequence.ts';

/**
 * A sequence diagram in Mermaid's text, which GitHub draws in comments: a message stands where it arrives, a lost one
 * where it was sent, with a cross.
 *
 * @see https://mermaid.js.org/syntax/sequenceDiagram.html
 */
export function mermaidOf({ title, happenings, leftOut }: Sequence): string {
  const parties = [...new Set(happenings.flatMap(({ from, to }) => [from, to]).filter((one) => one !== undefined))];
  const names = new Map(parties.map((party, place) => [party, `P${place}`]));
  const all = parties.map((party) => `  participant ${names.get(party)} as ${escaped(party)}`);
  const over = parties.length > 1 ? `${names.get(parties[0]!)},${names.get(parties.at(-1)!)}` : 'P0';
  const lines = happenings.filter(isDrawn).map(({ from, to, what, kind }) => {
    if (from === undefined || to === undefined) return `  Note over ${over}: ${escaped(what)}`;
    return `  ${names.get(from)}${ARROWS[kind]}${names.get(to)}: ${escaped(what)}`;
  });
  const more = leftOut > 0 ? [`  Note over ${over}: ${leftOut} more messages are left out`] : [];
  return ['sequenceDiagram', `  %% ${title.replaceAll(/\s+/g, ' ')}`, ...all, ...lines, ...more, ''].join('\n');
}

const ARROWS = { call: '->>', reply: '-->>', message: '->>', lost: '-x', fault: '->>' } as const;

/** Of a message that arrived, only where it did. */
function isDrawn({ kind, arrives }: Happening): boolean {
  return kind !== 'message' || arrives === true;
}

/** Mermaid ends a text at `;`, begins an entity at `#`, and reads `%%` as a comment and `<` as HTML. */
function escaped(text: string): string {
  return text.replaceAll(/[#;%<>&"{}]/g, (character) => `#${character.codePointAt(0)};`);
}
