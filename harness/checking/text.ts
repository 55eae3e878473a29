import { joined } from './bytes.ts';

/** A byte order mark stays: readers know it. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a file's bytes, in pieces. Bytes that are not UTF-8 are an error with their line:
 * read with replacement characters, two different values would become one. So is a zero byte, which
 * no text has and a device has without end. A character that the end of the file cuts off is left out.
 */
export async function* textOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let carried: Uint8Array = new Uint8Array();
  let lines = 0;
  for await (const chunk of chunks) {
    const bytes = carried.length === 0 ? chunk : joined([carried, chunk]);
    const end = bytes.length - halfCharacter(bytes);
    const whole = bytes.subarray(0, end);
    yield decoded(whole, lines);
    for (let at = whole.indexOf(10); at >= 0; at = whole.indexOf(10, at + 1)) lines++;
    carried = bytes.subarray(end);
  }
}

/** How many bytes at the end are the beginning of a character. */
function halfCharacter(bytes: Uint8Array): number {
  for (let cut = 1; cut <= 3 && cut <= bytes.length; cut++) {
    const lead = bytes[bytes.length - cut] as number;
    if (lead >= 0xc2) return cut < (lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4) && lead < 0xf5 ? cut : 0;
    if (lead < 0x80) break;
  }
  return 0;
}

function decoded(bytes: Uint8Array, linesBefore: number): string {
  const text = textIn(bytes);
  if (text !== undefined && !bytes.includes(0)) return text;
  let line = linesBefore + 1;
  for (
    let from = 0, to = bytes.indexOf(10);
    to >= 0 && isText(bytes.subarray(from, to));
    to = bytes.indexOf(10, from)
  ) {
    from = to + 1;
    line++;
  }
  const why = text === undefined ? 'nor is it of a binary format that is known' : 'it has a byte of zero';
  throw new Error(`line ${line}: not UTF-8 text, ${why}`);
}

/** Undefined where the bytes are not UTF-8. */
function textIn(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function isText(bytes: Uint8Array): boolean {
  return textIn(bytes) !== undefined && !bytes.includes(0);
}
