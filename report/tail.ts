import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = 1 << 18;
/** A line longer than this is no event: a tail does not grow without end on a damaged file. */
const LONGEST_LINE = 1 << 24;

/** What a growing history says so far. */
export interface Progress {
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  readonly active: readonly string[];
}

/**
 * Follows a `history.jsonl` while it is written: each look reads
 * only what is new, and lines that are no events count as nothing.
 */
export class HistoryTail {
  private readonly file: string;
  private at = 0;
  private rest = '';
  private readonly counts = { ok: 0, fail: 0, info: 0 };
  private readonly active = new Map<number, string>();

  constructor(file: string) {
    this.file = file;
  }

  /** Reads on to the file's end. */
  look(): Progress {
    const handle = openSync(this.file, 'r');
    try {
      const buffer = Buffer.allocUnsafe(CHUNK);
      for (;;) {
        const length = readSync(handle, buffer, 0, CHUNK, this.at);
        if (length === 0) break;
        this.at += length;
        this.take(buffer.toString('utf8', 0, length));
      }
    } finally {
      closeSync(handle);
    }
    return { ...this.counts, active: [...this.active.values()] };
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    if (this.rest.length > LONGEST_LINE) this.rest = '';
    for (const line of lines) this.count(line);
  }

  private count(line: string): void {
    // An invocation counts when it ends; most lines need not be parsed.
    if (line.includes('"type":"invoke"')) return;
    let event: { type?: unknown; process?: unknown; f?: unknown; value?: { fault?: { id?: unknown; kind?: unknown } } };
    try {
      event = JSON.parse(line);
    } catch {
      return;
    }
    if (event?.process === 'nemesis') this.noteFault(event.f, event.value?.fault);
    else if (event?.type === 'ok' || event?.type === 'fail' || event?.type === 'info') this.counts[event.type]++;
  }

  private noteFault(f: unknown, fault: { id?: unknown; kind?: unknown } | undefined): void {
    if (f === 'heal') this.active.clear();
    if (typeof fault?.id !== 'number') return;
    if (f === 'begin') this.active.set(fault.id, String(fault.kind));
    if (f === 'end') this.active.delete(fault.id);
  }
}
