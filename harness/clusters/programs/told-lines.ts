/** What brought a program's line about, in real time: what it replies to, else what it was told last. */
import { Cause } from '../../node/cause.ts';
import { mix, mixText } from '../../node/identity.ts';
import type { Body, Message } from './message.ts';

/** So many messages that may be replied to are remembered: older ones count as what was told last. */
const REMEMBERED = 10_000;

const PROBABLY = mixText('probably');

interface Told {
  readonly cause: Cause;
  /** The same, for what it probably brought about. */
  probable?: Cause;
}

export class ToldLines {
  private readonly node: string;
  private readonly byRequest = new Map<string, Told>();
  /** How many it was told. */
  lines = 0;
  private last: Told;

  constructor(node: string, first: Cause) {
    this.node = node;
    this.last = { cause: first };
  }

  note({ src, body }: Message, cause: Cause): void {
    this.lines++;
    this.last = { cause };
    if (typeof body.msg_id !== 'number') return;
    this.byRequest.set(nameOf(src, body.msg_id), this.last);
    if (this.byRequest.size > REMEMBERED) this.byRequest.delete(this.byRequest.keys().next().value!);
  }

  /** What brought this message of the program's about, as far as one can tell. */
  causeOf({ dest, body }: { readonly dest: string; readonly body: Body }): Cause {
    const request =
      typeof body.in_reply_to === 'number' ? this.byRequest.get(nameOf(dest, body.in_reply_to)) : undefined;
    if (request) return request.cause;
    const { last } = this;
    last.probable ??= new Cause(mix(last.cause.identity, PROBABLY), last.cause.root, this.node, `${last.cause.says}?`);
    return last.probable;
  }
}

function nameOf(address: string, id: number): string {
  return `${address} ${id}`;
}
