/**
 * The journal of messages of real processes, in a file: in memory stands what is still on its way, so that a run of
 * hours takes no more of it than one of seconds. At the end it is read back, for the report.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import type { Journalled } from '../cluster.ts';

/** So many characters are gathered before they are written. */
const GATHERED = 1 << 18;

export class Journal {
  private readonly file: string;
  private readonly open = new Set<Journalled>();
  private gathered = '';
  /** Why the file holds no more. */
  private failure: string | undefined;

  constructor(file: string) {
    this.file = file;
  }

  /** Notes a message that was sent; what becomes of it may still change, until it is settled. */
  sent(message: Journalled): void {
    this.open.add(message);
  }

  /** All copies of the message have arrived, or were lost. */
  settled(message: Journalled): void {
    if (!this.open.delete(message)) return;
    this.gathered += `${JSON.stringify(message)}\n`;
    if (this.gathered.length > GATHERED) this.write();
  }

  /** All messages in the order in which they were sent. */
  all(): readonly Journalled[] {
    for (const message of this.open) this.settled(message);
    this.write();
    const messages = this.failure === undefined ? linesOf(this.file) : [];
    return messages.sort((a, b) => a.sentMs - b.sentMs);
  }

  /** A run is judged by its history: where the journal has no room it continues without. */
  private write(): void {
    const text = this.gathered;
    this.gathered = '';
    if (this.failure !== undefined) return;
    try {
      appendFileSync(this.file, text);
    } catch (error) {
      this.failure = (error as Error).message;
      process.emitWarning(`there is no journal of messages: ${this.failure}`);
    }
  }
}

function linesOf(file: string): Journalled[] {
  const messages: Journalled[] = [];
  const bytes = readFileSync(file);
  // Line by line: all of it may be longer than a string can be.
  for (let from = 0; from < bytes.length; ) {
    const to = bytes.indexOf(10, from);
    messages.push(JSON.parse(bytes.toString('utf8', from, to)) as Journalled);
    from = to + 1;
  }
  return messages;
}
