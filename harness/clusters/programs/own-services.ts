/**
 * Clock and chance as services, for a program into which no library can be preloaded: it is offered them in `init`, and
 * asks for what it would take from its operating system. They stand beside each node, so that no message is lost.
 */
import { Cause } from '../../node/cause.ts';
import { chance, mix, mixText } from '../../node/identity.ts';
import type { Birth } from './instance.ts';
import type { Body, Message } from './message.ts';

const NAMES = ['clock', 'chance'];
/** What `init` says of them, and that the program is to say when it is done with a line. */
export const OFFER = { services: NAMES, quiet: true } as const;

const DRAW = mixText('draw');
const SLEEP = mixText('sleep');

/** Whose services they are. */
interface Owner {
  readonly id: string;
  readonly seed: number;
  readonly clock: Birth['clock'];
  /** Tells the program a reply. */
  tell(message: Message, cause: Cause, id: number): void;
}

export function isOwnService(address: string): boolean {
  return NAMES.includes(address);
}

/** Replies to what a program asks: at once, or when its node's clock has come to where it wants to sleep to. */
export function askOwnService(owner: Owner, { dest, body }: Message, cause: Cause): void {
  const { id: node, clock, seed } = owner;
  const reply = (afterMs: number, answer: () => Body) => {
    const identity = cause.next(mix(mixText(dest), SLEEP));
    const caused = new Cause(identity, cause.root, node, dest === 'clock' ? 'timer' : dest);
    const inReply = body.msg_id === undefined ? {} : { in_reply_to: body.msg_id };
    // Never at once: the program is still being listened to.
    clock.after(Math.max(0.001, afterMs), () =>
      owner.tell({ src: dest, dest: node, body: { ...answer(), ...inReply } }, caused, identity % 2 ** 31),
    );
  };
  if (dest === 'clock' && body.type === 'now') reply(0, () => ({ type: 'now_ok', ms: clock.now() }));
  else if (dest === 'clock' && body.type === 'sleep' && typeof body.ms === 'number' && body.ms >= 0)
    reply(body.ms, () => ({ type: 'sleep_ok' }));
  else if (dest === 'chance' && body.type === 'draw') {
    const u = chance(seed, cause.next(DRAW), node);
    reply(0, () => ({ type: 'draw_ok', u }));
  } else reply(0, () => ({ type: 'error', code: 10, text: `${dest} knows no such request` }));
}
