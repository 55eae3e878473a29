import { styleText } from 'node:util';
import { own } from './harmless.ts';

/** Colour where standard output is a terminal, plain text elsewhere. */
export function colour(style: 'green' | 'red' | 'yellow' | 'dim' | 'bold', text: string): string {
  if (!process.stdout.isTTY) return text;
  const [before, after] = styleText(style, '\0').split('\0') as [string, string];
  return `${own(before)}${text}${own(after)}`;
}
