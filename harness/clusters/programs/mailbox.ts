/** The addresses of clients: whoever asks, and what came back. A reply counts whichever node it comes from. */
import type { Message } from './message.ts';

/** What somebody waits for. */
interface Waiting {
  readonly take: (reply: Reply) => void;
  /** What was asked, for messages: `echo`. */
  readonly type: string;
}

/** A reply, with the name of who wrote it and the number of its line. */
export interface Reply {
  readonly message: Message;
  /** The beginning of a sentence about it: `n1 (./node) wrote line 12, which`. */
  readonly who: string;
}

/** What became of a message to a client: taken, late, or a complaint. */
export type Delivered =
  | 'taken'
  | 'late'
  | { readonly sort: string; readonly says: string; readonly asked: readonly string[] };

export class Mailbox {
  /** What each address has asked so far: open, or over. */
  private readonly asked = new Map<string, Map<number, Waiting | 'over'>>();

  /** Whether the address is one of a client, whether or not it ever asked anything. */
  static isClient(address: string): boolean {
    return /^c\d+$/.test(address);
  }

  /** Waits for the reply to what this address asks as this `msg_id`. */
  expect(address: string, id: number, waiting: Waiting): void {
    const asked = this.asked.get(address) ?? new Map<number, Waiting | 'over'>();
    this.asked.set(address, asked);
    asked.set(id, waiting);
  }

  /** Nobody waits for it any more. */
  giveUp(address: string, id: number): void {
    this.asked.get(address)?.set(id, 'over');
  }

  deliver(reply: Reply): Delivered {
    const { dest, body } = reply.message;
    const asked = this.asked.get(dest);
    const { in_reply_to: id } = body;
    const waiting = typeof id === 'number' ? asked?.get(id) : undefined;
    if (waiting === 'over') return 'late';
    if (waiting === undefined) return misdirected(dest, id, asked ?? new Map());
    asked!.set(id as number, 'over');
    waiting.take(reply);
    return 'taken';
  }
}

function misdirected(dest: string, id: unknown, known: ReadonlyMap<number, Waiting | 'over'>): Delivered {
  const open = [...known].flatMap(([id, waiting]) => (waiting === 'over' ? [] : [{ id, type: waiting.type }]));
  const asked = open.map(({ type }) => type);
  if (id === undefined)
    return { sort: 'reply without in_reply_to', says: `answers ${dest} without in_reply_to`, asked };
  const has = open.length > 0 ? `it asked ${open.map(({ id }) => id).join(', ')}` : 'it waits for nothing';
  const says = `answers ${dest} in_reply_to ${JSON.stringify(id)}, which ${dest} never asked (${has})`;
  return { sort: 'reply to what was never asked', says, asked };
}
