/** Calls as people write them down. Inputs and outputs come as JSON, which may be cut. */

/** A function, its key and its input: `write x 3`, `cas x 1 → 2`. */
export function callText(f: string, key: string | undefined, input: string): string {
  const pair = f === 'cas' ? parsed(input) : undefined;
  const asked = Array.isArray(pair) && pair.length === 2 ? pair.map(valueText).join(' → ') : input;
  return [f, key, asked].filter((part) => part !== undefined && part !== '').join(' ');
}

/** A transaction's parts: `r x = [1 2], append y 3`; nothing where this is none. */
export function transactionText(list: string): string | undefined {
  if (!list.startsWith('[["')) return undefined;
  const parts = parsed(list);
  if (!Array.isArray(parts) || !parts.every((part) => Array.isArray(part) && part.length >= 2)) return undefined;
  return parts.map(partText).join(', ');
}

function partText([f, key, value]: readonly unknown[]): string {
  const name = valueText(key);
  if (f === 'r') return value === null ? `r ${name}` : `r ${name} = ${valueText(value)}`;
  return `${f} ${name} ${valueText(value)}`;
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(' ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
