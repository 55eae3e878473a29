import { styleText } from 'node:util';

/** Colour where standard output is a terminal, plain text elsewhere. */
export function colour(style: 'green' | 'red' | 'yellow' | 'dim' | 'bold', text: string): string {
  return process.stdout.isTTY ? styleText(style, text) : text;
}
