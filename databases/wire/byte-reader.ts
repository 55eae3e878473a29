/** Goes through bytes that came from others: no length is believed before as many bytes are there. */
export abstract class ByteReader {
  protected readonly content: Buffer;
  /** What the bytes are, for whoever reads that they are cut short. */
  private readonly what: string;
  private at = 0;

  constructor(content: Buffer, what: string) {
    this.content = content;
    this.what = what;
  }

  /** Where the next so many bytes begin, which are taken with that. Throws where they are not there. */
  protected skip(length: number): number {
    const start = this.at;
    if (length < 0 || length > this.content.length - start) throw new Error(`${this.what} is cut short`);
    this.at = start + length;
    return start;
  }
}
