/** What the page knows of the histories that are judged now, and the worker that judges them. */
import { Store } from '../../report/page/store.ts';
import { startWorker } from '../start-worker.ts';
import type { Dropped, Message, Names, Outcome, Report, Said } from './protocol.ts';

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

/** How often the page shows what has changed: with hundreds of files nobody could press Cancel otherwise. */
const SHOWN_EVERY_MS = 100;

const IDLE: Checking = { state: 'idle', entries: [], skipped: [], refused: '' };

/** Judges in a worker, which is ended where the reader cancels. */
export class Checker {
  readonly names = new Store<Names>({ datatypes: [], formats: [] });
  readonly checking = new Store<Checking>(IDLE);
  private worker = this.started();
  /** What the page shows of them is at most `SHOWN_EVERY_MS` old. */
  private entries: Entry[] = [];
  private shown: ReturnType<typeof setTimeout> | undefined;

  /** Judges these; whatever is judged now is given up. */
  judge(files: readonly Dropped[], said: Said): void {
    if (this.checking.value.state === 'busy') this.again();
    this.entries = [];
    this.change({ state: 'busy', skipped: [], refused: '' });
    this.worker.postMessage({ files, said });
  }

  /** Ends the worker, whatever it is doing. */
  end(): void {
    clearTimeout(this.shown);
    this.worker.terminate();
  }

  cancel(): void {
    this.again();
    this.entries = this.entries.map((entry) => (entry.outcome ? entry : { ...entry, state: 'cancelled' }));
    this.change({ state: 'cancelled' });
  }

  private again(): void {
    this.worker.terminate();
    this.worker = this.started();
  }

  private started(): Worker {
    const worker = startWorker('check');
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
      this.entries = found.map((path) => ({ path, state: 'waiting', share: 0 }));
      this.change({ skipped, ...none });
    } else if ('reading' in message) this.entry(message.reading, { state: 'reading', share: message.share });
    else if ('judging' in message) this.entry(message.judging, { state: 'judging', share: 1 });
    else if ('ended' in message) {
      const { ended, outcome, report } = message;
      this.entry(ended, { state: 'ended', outcome, ...(report ? { report } : {}) });
    } else if ('refused' in message) this.change({ state: 'refused', refused: message.refused });
    else if (this.checking.value.state === 'busy') this.change({ state: 'done' });
  }

  private change(changed: Partial<Omit<Checking, 'entries'>>): void {
    clearTimeout(this.shown);
    this.shown = undefined;
    this.checking.set({ ...this.checking.value, ...changed, entries: [...this.entries] });
  }

  private entry(at: number, changed: Partial<Entry>): void {
    const entry = this.entries[at];
    if (!entry) return;
    this.entries[at] = { ...entry, ...changed };
    this.shown ??= setTimeout(() => this.change({}), SHOWN_EVERY_MS);
  }
}
