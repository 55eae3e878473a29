/** The machines of the services, beside the nodes: no fault of nodes is aimed at them. */
import type { NodeId } from '../../../systems/node.ts';
import type { ServiceOptions } from '../../../systems/services/registry.ts';
import { services } from '../../../systems/services/registry.ts';
import type { Service } from '../../../systems/services/service.ts';
import { Cause } from '../../node/cause.ts';
import { chance, mix, mixText } from '../../node/identity.ts';
import type { Frame } from '../../node/world.ts';
import { Mailbox } from './mailbox.ts';
import type { Body, Message } from './message.ts';

const RANDOM = mixText('random');
const SEND = mixText('send');

interface Surroundings {
  readonly seed: number;
  readonly nodes: readonly NodeId[];
  readonly mailbox: Mailbox;
  send(frame: Frame): void;
}

/** One service, at its address. */
export class ServiceHost {
  private readonly name: string;
  private readonly around: Surroundings;
  private readonly service: Service;
  private cause = new Cause(0, 'harness', '');

  constructor(name: string, options: ServiceOptions, around: Surroundings) {
    this.name = name;
    this.around = around;
    const random = () => chance(around.seed, this.cause.next(RANDOM), name);
    this.service = services[name]!({ random }, options);
  }

  /** A request arrives; what replies to something itself asks for nothing. */
  receive(frame: Frame, copy: number): void {
    const { src, body } = frame.body as Message;
    if (body.in_reply_to !== undefined) return;
    const identity = copy === 0 ? frame.identity : mix(frame.identity, copy);
    this.cause = new Cause(identity, frame.cause.root, this.name, frame.identity);
    const answer: Body = {
      ...this.service(body, src),
      ...(body.msg_id === undefined ? {} : { in_reply_to: body.msg_id }),
    };
    this.reply({ src: this.name, dest: src, body: answer });
  }

  private reply(message: Message): void {
    const { nodes, mailbox, send } = this.around;
    const { dest, body } = message;
    if (Mailbox.isClient(dest)) mailbox.deliver({ message, who: `${this.name} wrote a line, which` });
    if (!nodes.includes(dest)) return;
    const kind = String(body.type);
    const identity = this.cause.next(mix(mixText(dest), mix(mixText(kind), SEND)));
    send({ identity, cause: this.cause, from: this.name, to: dest, kind, type: 'send', re: 0, body: message });
  }
}
