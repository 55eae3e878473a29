/**
 * Makes the transactions of a round in the order that it asks for, statement by statement. A session whose statement
 * does not come back in time is taken to wait for a lock: the others continue, and the rest of it waits its turn.
 */

import type { Draft, Outcome, Recorded, Round, Sent } from './steps.ts';
import { Aborted, type Level, type Log, type Store, type StoreSession } from './stores/store.ts';

/** A session with a place for what it says. */
export class Seat {
  readonly session: StoreSession;
  /** Takes what the session sends at the moment; nothing between two rounds. */
  listener: Log = () => {};

  private constructor(open: (log: Log) => StoreSession) {
    this.session = open((text, told) => this.listener(text, told));
  }

  static async open(store: Store): Promise<Seat> {
    let log: Log = () => {};
    const session = await store.open((text, told) => log(text, told));
    const seat = new Seat(() => session);
    log = (text, told) => seat.listener(text, told);
    return seat;
  }
}

/** How a round is made. */
export interface Playing {
  readonly seats: readonly Seat[];
  readonly level: Level;
  /** How long a statement may take before its session is taken to wait. */
  readonly patienceMs: number;
  /** Asks the database whether anybody waits, where it can tell: a slow statement is no wait. */
  readonly waiting?: () => Promise<number>;
}

/** No statement takes longer: each has a timeout of two seconds, and at most some of them wait for each other. */
const LONGEST_MS = 30_000;
/** Of a database that cannot tell, a statement that takes longer is taken to wait: nothing else takes so long. */
const SURE_MS = 20;
/** Whether anybody waits is asked again so often, as what blocks may itself be slow. */
const ASKED = 50;

/** Makes a round in a group of rows that nobody else uses. Rejects where a session can no longer be used. */
export async function play(round: Round, group: number, playing: Playing): Promise<Recorded> {
  const going = new Going(round, group, playing);
  const timer = setTimeout(() => going.giveUp(), LONGEST_MS);
  try {
    return await going.all();
  } finally {
    clearTimeout(timer);
    for (const seat of playing.seats) seat.listener = () => {};
  }
}

/** A round while it is made. */
class Going {
  private readonly round: Round;
  private readonly group: number;
  private readonly playing: Playing;
  private readonly chains: Promise<void>[];
  private readonly next: number[];
  private readonly outcomes: (Outcome | undefined)[];
  private readonly begins: number[];
  private readonly sent: Sent[] = [];
  /** What each session has sent that is not answered, by its place in `sent`; and that of which it is known to wait. */
  private readonly pending = new Map<number, number>();
  private readonly waiting = new Map<number, number>();
  private place = 0;

  constructor(round: Round, group: number, playing: Playing) {
    this.round = round;
    this.group = group;
    this.playing = playing;
    this.chains = playing.seats.map(() => Promise.resolve());
    this.next = round.drafts.map(() => 0);
    this.begins = round.drafts.map(() => -1);
    this.outcomes = round.drafts.map(() => undefined);
  }

  async all(): Promise<Recorded> {
    for (const txn of this.round.order) {
      const turn = this.turn(txn);
      if (this.round.isScheduled) await this.soon(txn, turn);
    }
    await Promise.all(this.chains);
    return { round: this.round, outcomes: this.outcomes.map((one) => one!), sent: this.sent };
  }

  /** Ends what does not end by itself. */
  giveUp(): void {
    for (const { session } of this.playing.seats) session.close();
  }

  /** Adds a transaction's next step to what its session has to do. */
  private turn(txn: number): Promise<void> {
    const { session } = this.round.drafts[txn]!;
    const chained = this.chains[session]!.then(() => this.step(txn));
    this.chains[session] = chained;
    return chained;
  }

  /** Resolves when the turn is over, or its session waits for another one. */
  private async soon(txn: number, turn: Promise<void>): Promise<void> {
    let isOver = false;
    const over = turn.finally(() => {
      isOver = true;
    });
    over.catch(() => {});
    for (let asked = 0; asked < ASKED && !isOver; asked++) {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, this.playing.patienceMs);
      });
      await Promise.race([over, patience]).finally(() => clearTimeout(timer));
      if (isOver || (await this.waits(txn))) return;
    }
  }

  /** Whether a late session waits for a lock: one more than is known does, where the database can tell. */
  private async waits(txn: number): Promise<boolean> {
    const { session } = this.round.drafts[txn]!;
    const { waiting, patienceMs } = this.playing;
    if (this.waiting.has(session)) return true;
    if (waiting && (await waiting()) <= this.waiting.size) return false;
    const sent = this.pending.get(session);
    // Without its word a short time says nothing but that others may go first.
    if (sent !== undefined && (waiting || patienceMs >= SURE_MS)) this.waiting.set(session, sent);
    return true;
  }

  private async step(txn: number): Promise<void> {
    if (this.outcomes[txn]) return;
    const draft = this.round.drafts[txn]!;
    const seat = this.playing.seats[draft.session]!;
    seat.listener = (text, told) => this.note(txn, text, told);
    const at = this.next[txn]!++;
    try {
      if (at === 0) {
        this.begins[txn] = this.place++;
        await seat.session.begin(this.playing.level);
      }
      const step = draft.steps[at];
      if (step) return await seat.session.step(this.round.kind, this.group, step);
    } catch (error) {
      if (!(error instanceof Aborted)) throw error;
      await seat.session.rollback();
      return this.end(txn, seat, 'fail', error.message);
    }
    await this.finish(txn, draft, seat);
  }

  private async finish(txn: number, draft: Draft, seat: Seat): Promise<void> {
    if (draft.aborts) {
      await seat.session.rollback();
      return this.end(txn, seat, 'fail');
    }
    try {
      await seat.session.commit();
      this.end(txn, seat, 'ok');
    } catch (error) {
      if (!(error instanceof Aborted)) throw error;
      await seat.session.rollback();
      this.end(txn, seat, 'fail', error.message);
    }
  }

  private end(txn: number, { session }: Seat, type: Outcome['type'], refused?: string): void {
    const done = [...session.done];
    const asked = done.map(([f, key, value]) => [f, key, f === 'r' || f === 'rp' ? null : value] as const);
    const { session: number } = this.round.drafts[txn]!;
    this.outcomes[txn] = {
      ...{ type, session: number, begin: this.begins[txn]!, end: this.place++, asked, done },
      ...(refused === undefined ? {} : { refused }),
    };
  }

  private note(txn: number, text: string, told: Promise<string>): void {
    const index = this.sent.length;
    const at = this.place++;
    const { session } = this.round.drafts[txn]!;
    this.sent.push({ txn, text, at, until: Number.POSITIVE_INFINITY, told: '', waited: false });
    this.pending.set(session, index);
    const end = (said: string): void => {
      const waited = this.waiting.get(session) === index;
      if (waited) this.waiting.delete(session);
      if (this.pending.get(session) === index) this.pending.delete(session);
      this.sent[index] = { txn, text, at, until: this.place++, told: said, waited };
    };
    told.then(end, (error: Error) => end(error.message));
  }
}
