/** Cuts a stream of JSON objects, which nothing separates, into their texts. */

/** No text is longer. */
export const MOST_BYTES = 16 << 20;
/** None is nested deeper. */
const MOST_DEPTH = 64;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING = new Set(Buffer.from('{['));
const CLOSING = new Set(Buffer.from('}]'));
const OBJECT = 0x7b;
const SPACES = new Set(Buffer.from(' \t\r\n'));

export class JsonTexts {
  /** Of a text that is not whole yet, in the pieces in which it came. */
  private readonly pieces: Buffer[] = [];
  private length = 0;
  private depth = 0;
  private isInString = false;
  private isEscaped = false;

  /**
   * The texts that are whole with these bytes. Every byte is looked at once, however the stream is cut. Throws where
   * something else than an object begins, and where one is too long or too deep: nothing is to be read after that.
   */
  take(data: Buffer): readonly string[] {
    const texts: string[] = [];
    let from = 0;
    for (let at = 0; at < data.length; at++) {
      const byte = data[at]!;
      if (this.depth === 0) {
        if (SPACES.has(byte)) from = at + 1;
        else if (byte === OBJECT) this.depth = 1;
        else throw new Error(`no JSON object begins with ${JSON.stringify(data.toString('latin1', at, at + 20))}`);
      } else if (this.endsWith(byte)) {
        texts.push(Buffer.concat([...this.pieces.splice(0), data.subarray(from, at + 1)]).toString());
        this.length = 0;
        from = at + 1;
      }
    }
    if (from < data.length) this.keep(data.subarray(from));
    return texts;
  }

  /** Whether the object ends with this byte. */
  private endsWith(byte: number): boolean {
    if (this.isInString) {
      if (this.isEscaped) this.isEscaped = false;
      else if (byte === BACKSLASH) this.isEscaped = true;
      else if (byte === QUOTE) this.isInString = false;
    } else if (byte === QUOTE) this.isInString = true;
    else if (OPENING.has(byte)) this.depth++;
    else if (CLOSING.has(byte)) this.depth--;
    if (this.depth > MOST_DEPTH) throw new Error(`JSON that is nested more than ${MOST_DEPTH} deep`);
    return this.depth === 0;
  }

  private keep(piece: Buffer): void {
    this.length += piece.length;
    if (this.length > MOST_BYTES) throw new Error(`a JSON object of more than ${MOST_BYTES >> 20} MiB`);
    this.pieces.push(piece);
  }
}
