/** How each request was answered in a run, and what a reply says. */
import { InDoubt, Refused } from '../../../systems/node.ts';
import { type Complaints, quoted } from './complaints.ts';
import type { Exchange } from './dialects.ts';
import type { Reply } from './mailbox.ts';
import { errorTextOf, isDefinite } from './message.ts';
import { WrongReply } from './reply-fields.ts';

/** Errors that are what a call was answered, and not only why it could not be. */
const RESULTS: ReadonlySet<unknown> = new Set([14, 20, 21, 22, 30]);

/** What a reply came to: an output, an error of the call, or a sentence that ends the run. */
export type Told = { readonly output: unknown } | { readonly error: Error } | { readonly ends: string };

/** By type of request: how many replies were as they should be, and how many were not. */
export class Replies {
  private readonly byType = new Map<string, { right: number; wrong: number; last: string }>();
  private readonly complaints: Complaints;

  constructor(complaints: Complaints) {
    this.complaints = complaints;
  }

  /** Somebody who waits for replies to these was told what is none. */
  misreplied(types: readonly string[]): void {
    for (const type of types) this.of(type).wrong++;
  }

  /** A request that was never answered as it should be, but otherwise: then the history says nothing of the program. */
  nothingButWrong(): string | undefined {
    for (const [type, { right, wrong, last }] of this.byType)
      if (right === 0 && wrong > 0)
        return `no ${type} was ever answered as the protocol says, and ${wrong} were answered otherwise${last}`;
    return undefined;
  }

  /** What this reply to what was asked of the node says. */
  read(node: string, { ask, take, observes, refusal }: Exchange, { message: { body }, who }: Reply): Told {
    const replies = this.of(ask.type);
    if (body.type === 'error') {
      replies.right++;
      if (observes?.code === body.code) return { output: observes?.output };
      if (refusal?.code === body.code) return { error: new Refused(refusal!.says, { answer: true }) };
      const says = errorTextOf(body);
      return {
        error: isDefinite(body.code) ? new Refused(says, { answer: RESULTS.has(body.code) }) : new InDoubt(says),
      };
    }
    const shown = quoted(JSON.stringify(body));
    if (body.type !== `${ask.type}_ok`) {
      const type = quoted(String(body.type));
      replies.wrong++;
      replies.last = `, the last with ${type}`;
      const says = `${who} answers ${ask.type} with ${type}; ${ask.type}_ok or error is needed: ${shown}`;
      this.complaints.note(node, 'reply of the wrong type', says);
      return { error: new InDoubt(`answered ${ask.type} with ${type}`) };
    }
    replies.right++;
    try {
      return { output: take(body) ?? null };
    } catch (error) {
      if (!(error instanceof WrongReply)) throw error;
      return { ends: `${who} answers ${ask.type} with ${shown}: ${error.message}` };
    }
  }

  private of(type: string): { right: number; wrong: number; last: string } {
    const known = this.byType.get(type) ?? { right: 0, wrong: 0, last: '' };
    this.byType.set(type, known);
    return known;
  }
}
