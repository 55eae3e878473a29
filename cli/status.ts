import { own } from './harmless.ts';

/**
 * What long work is doing, on a terminal's last line, until the next;
 * gone where nothing is. Nothing where standard error is no terminal.
 */
export function status(text: string): void {
  if (process.stderr.isTTY)
    process.stderr.write(`${own('\r\u001b[K')}${shortened(text, (process.stderr.columns || 80) - 1)}`);
}

/** Both ends of a long line: it begins with a count, and ends with what tells one path from another. */
function shortened(text: string, width: number): string {
  if (text.length <= width) return text;
  const half = Math.max(1, Math.floor((width - 1) / 2));
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}
