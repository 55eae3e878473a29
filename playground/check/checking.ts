/** What the page knows of the histories that are judged now, and the worker that judges them. */
import { Store } from '../../report/page/store.ts';
import type { Dropped, Message, Names, Outcome, Report, Said } from './protocol.ts';
import CheckWorker from './worker.ts?worker&inline';

/** A history on its way to its verdict. */
export interface Entry {
  readonly path: string;
  readonly state: 'waiting' | 'reading' | 'judging' | 'ended' | 'cancelled';
  /** How much of it has been read, from 0 to 1. */
  readonly share: number;
  readonly outcome?: Outcome;
  readonly report?: Report;
}

export interface Checking {
  readonly state: 'idle' | 'busy' | 'done' | 'cancelled' | 'refused';
  readonly entries: readonly Entry[];
  readonly skipped: readonly string[];
  /** Why nothing is judged. */
  readonly refused: string;
}

const IDLE: Checking = { state: 'idle', entries: [], skipped: [], refused: '' };

/** Judges in a worker, which is ended where the reader cancels. */
export class Checker {
  readonly names = new Store<Names>({ datatypes: [], formats: [] });
  readonly checking = new Store<Checking>(IDLE);
  private worker = this.started();

  /** Judges these; whatever is judged now is given up. */
  judge(files: readonly Dropped[], said: Said): void {
    if (this.checking.value.state === 'busy') this.again();
    this.checking.set({ ...IDLE, state: 'busy' });
    this.worker.postMessage({ files, said });
  }

  cancel(): void {
    this.again();
    const { entries } = this.checking.value;
    this.change({
      state: 'cancelled',
      entries: entries.map((entry) => (entry.outcome ? entry : { ...entry, state: 'cancelled' })),
    });
  }

  private again(): void {
    this.worker.terminate();
    this.worker = this.started();
  }

  private started(): Worker {
    const worker = new CheckWorker();
    worker.onmessage = ({ data }: MessageEvent<Message>) => this.hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.again();
      this.change({
        state: 'refused',
        refused: event.message || 'the worker that judges has ended: it had too little memory',
      });
    };
    return worker;
  }

  private hear(message: Message): void {
    if ('names' in message) this.names.set(message.names);
    else if ('found' in message) {
      const { found, skipped } = message;
      const none = found.length === 0 ? { state: 'refused' as const, refused: 'no history is among these files' } : {};
      this.change({ entries: found.map((path) => ({ path, state: 'waiting', share: 0 })), skipped, ...none });
    } else if ('reading' in message) this.entry(message.reading, { state: 'reading', share: message.share });
    else if ('judging' in message) this.entry(message.judging, { state: 'judging', share: 1 });
    else if ('ended' in message) {
      const { ended, outcome, report } = message;
      this.entry(ended, { state: 'ended', outcome, ...(report ? { report } : {}) });
    } else if ('refused' in message) this.change({ state: 'refused', refused: message.refused });
    else if (this.checking.value.state === 'busy') this.change({ state: 'done' });
  }

  private change(changed: Partial<Checking>): void {
    this.checking.set({ ...this.checking.value, ...changed });
  }

  private entry(at: number, changed: Partial<Entry>): void {
    const entries = this.checking.value.entries.map((entry, i) => (i === at ? { ...entry, ...changed } : entry));
    this.change({ entries });
  }
}
