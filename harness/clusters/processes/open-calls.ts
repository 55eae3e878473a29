import { InDoubt, Refused } from '../../../systems/node.ts';
import type { CallOutcome } from '../../node/thrown.ts';
import type { RunEnd } from '../children/run-end.ts';
import type { SessionCall } from '../cluster.ts';
import type { Life } from './life.ts';
import type { Question } from './protocol.ts';

interface Open {
  readonly life: Life;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Clients' calls and the harness's own questions that are not
 * answered yet. Once the run has ended none is answered any more.
 */
export class OpenCalls {
  private readonly end: RunEnd;
  private readonly open = new Map<number, Open>();
  private asked = 0;

  constructor(end: RunEnd) {
    this.end = end;
    end.whenItComes(() => this.drop());
  }

  /**
   * A client's call to a node. Rejects with `Refused` when it certainly
   * took no effect, and with any other error when nobody knows.
   */
  call(life: Life, { id, f, input, key, timeoutMs }: SessionCall): Promise<unknown> {
    const post = (call: number) => life.line.tell(['operate', call, id, f, input ?? null, key ?? null]);
    return this.await(life, timeoutMs, `no answer within ${timeoutMs} ms`, post);
  }

  /** A question of the harness to a node. Rejects where it is not answered in time. */
  ask(life: Life, what: Question, ms: number): Promise<unknown> {
    const tooLate = `${life.node} did not tell its ${what} within ${ms} ms`;
    return this.await(life, ms, tooLate, (call) => life.line.tell(['ask', call, what]));
  }

  answered(call: number, how: CallOutcome, value: unknown): void {
    const open = this.take(call);
    if (how === 'ok') open?.resolve(value);
    else if (how === 'threw') open?.reject(new Error(String(value)));
    else if (how === 'unsure') open?.reject(new InDoubt(String(value)));
    else open?.reject(new Refused(String(value), { answer: how === 'declined' }));
  }

  told(call: number, value: unknown): void {
    this.take(call)?.resolve(value);
  }

  /** Connections to a life that ended break off, which says nothing of what it had done. */
  breakOff(life: Life): void {
    for (const [call, open] of this.open) {
      if (open.life === life) this.take(call)?.reject(new InDoubt(`${life.node} broke off the connection`));
    }
  }

  private await(life: Life, ms: number, tooLate: string, post: (call: number) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.end.hasCome) return;
      const call = this.asked++;
      const timer = setTimeout(() => this.take(call)?.reject(new InDoubt(tooLate)), ms);
      this.open.set(call, { life, timer, resolve, reject });
      post(call);
    });
  }

  /** The call of this number, now answered; none where it was given up before. */
  private take(call: number): Open | undefined {
    const open = this.open.get(call);
    if (!open) return undefined;
    this.open.delete(call);
    clearTimeout(open.timer);
    return open;
  }

  private drop(): void {
    for (const { timer } of this.open.values()) clearTimeout(timer);
    this.open.clear();
  }
}
