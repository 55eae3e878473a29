/** One line that long work keeps up to date on a terminal; nothing where standard error is none. */
export function status(text: string): void {
  if (!process.stderr.isTTY) return;
  const width = (process.stderr.columns ?? 80) - 1;
  process.stderr.write(`\r\x1b[2K${text.slice(0, width)}`);
}
