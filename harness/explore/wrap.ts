/** A sentence in lines no wider than this, broken at blanks, and cut with "…" where it needs more lines than that. */
export function folded(text: string, columns: number, most = Number.POSITIVE_INFINITY): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  const whole = lines.map((one) => cut(one, columns));
  if (whole.length <= most) return whole;
  return [...whole.slice(0, most - 1), cut(`${whole[most - 1]} …`, columns)];
}

/** The text in no more columns than these; what is left out shows as "…". */
export function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1)).trimEnd()}…`;
}
