/**
 * AMQP 0-9-1 as RabbitMQ speaks it (https://www.rabbitmq.com/amqp-0-9-1-reference.html), one channel a connection,
 * whose publishes are confirmed. Without retries, heartbeats and consumers.
 */
import {
  AmqpError,
  durableContent,
  long,
  longText,
  method,
  octet,
  parse,
  type Sent,
  short,
  shortText,
  table,
} from './amqp-frames.ts';
import { greeted } from './briefly.ts';
import { Connection } from './connection.ts';

/** How long an address of this machine may take to connect, and a server to let somebody in. */
const OPEN_MS = 5000;
const CHANNEL = 1;
const GREETING = Buffer.from('AMQP\0\0\x09\x01', 'latin1');
const FRAME_MAX = 131_072;
/** Bits of `queue.declare`. */
const [PASSIVE, DURABLE] = [1, 2];

export class Amqp {
  private readonly connection: Connection<Sent>;

  private constructor(connection: Connection<Sent>) {
    this.connection = connection;
  }

  /** Connects to a port of 127.0.0.1 and logs in as guest. Rejects where that cannot be done in time. */
  static async open(port: number, timeoutMs: number = OPEN_MS): Promise<Amqp> {
    const connection = await Connection.open(port, parse, timeoutMs);
    return greeted(new Amqp(connection), timeoutMs, (amqp) => amqp.login());
  }

  /** Makes a queue that outlives its servers, if it is not there. Resolves to how many messages are ready in it. */
  declare(queue: string, args: Readonly<Record<string, string>>): Promise<number> {
    return this.declared(queue, DURABLE, args);
  }

  /** How many messages are ready in a queue. Rejects with `AmqpError` where there is none. */
  ready(queue: string): Promise<number> {
    return this.declared(queue, PASSIVE, {});
  }

  /** Puts a message into a queue. Resolves once the server confirms that it is kept, to whether it does. */
  async publish(queue: string, text: string): Promise<boolean> {
    const published = method(CHANNEL, '60.40', short(0), shortText(''), shortText(queue), octet(0));
    const request = Buffer.concat([published, durableContent(CHANNEL, text)]);
    return (await this.ask(request, '60.80', '60.120')).method === '60.80';
  }

  /** Takes the first message out of a queue for good; nothing where it is empty. */
  async take(queue: string): Promise<string | undefined> {
    const sent = await this.ask(method(CHANNEL, '60.70', short(0), shortText(queue), octet(1)), '60.71', '60.72');
    return sent.method === '60.71' ? sent.body.toString() : undefined;
  }

  close(): void {
    this.connection.close();
  }

  private async declared(queue: string, bits: number, args: Readonly<Record<string, string>>): Promise<number> {
    const request = method(CHANNEL, '50.10', short(0), shortText(queue), octet(bits), table(args));
    const { fields } = await this.ask(request, '50.11');
    fields.shortText();
    return fields.long();
  }

  /** Logs in, and opens the channel. */
  private async login(): Promise<void> {
    await this.ask(GREETING, '10.10');
    const login = [table({}), shortText('PLAIN'), longText('\0guest\0guest'), shortText('en_US')];
    await this.ask(method(0, '10.11', ...login), '10.30');
    const tuned = method(0, '10.31', short(CHANNEL), long(FRAME_MAX), short(0));
    const opened = method(0, '10.40', shortText('/'), shortText(''), octet(0));
    await this.ask(Buffer.concat([tuned, opened]), '10.41');
    await this.ask(method(CHANNEL, '20.10', shortText('')), '20.11');
    await this.ask(method(CHANNEL, '85.10', octet(0)), '85.11');
  }

  /** Asks for one of these. What else comes ends the connection, as does an error. */
  private async ask(request: Buffer, ...wanted: readonly string[]): Promise<Sent> {
    try {
      const sent = await this.connection.ask(request);
      if (!wanted.includes(sent.method)) throw new AmqpError(`${sent.method} came in place of ${wanted.join(' or ')}`);
      return sent;
    } catch (error) {
      this.close();
      throw error;
    }
  }
}
