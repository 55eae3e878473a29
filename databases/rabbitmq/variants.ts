/**
 * RabbitMQ's queues. A publish is confirmed "when a message has been accepted by all the queues", for mirrored ones by
 * all mirrors, and for quorum queues by a majority
 * (https://www.rabbitmq.com/docs/3.13/confirms#when-publishes-are-confirmed):
 * that it stays is what applications commonly take for granted of both. With mirrors and partitions that are ignored,
 * both sides go on (https://www.rabbitmq.com/docs/3.13/partitions), and one side's messages go when it rejoins.
 */
import type { Queue, Value } from 'elle-ts';
import type { Claim } from '../../systems/system.ts';
import type { Database, DatabaseSession } from '../database.ts';
import { definitely } from '../definitely.ts';
import { Amqp } from '../wire/amqp.ts';
import { AmqpError } from '../wire/amqp-frames.ts';
import { cluster } from './nodes.ts';

const CLAIM: Claim = {
  model: 'unordered-queue',
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'none',
  durable: 'majority',
  converges: false,
  recoversMs: 120_000,
};

/** Queues of one sort, whose names begin with that of the sort. */
interface Sort {
  readonly name: 'mirrored' | 'quorum';
  readonly args: Readonly<Record<string, string>>;
}

function sessionOf(amqp: Amqp, { name, args }: Sort): DatabaseSession<Queue> {
  const declared = new Set<string>();
  /** The name of a key's queue, which is made first: where that is refused nothing was put in or taken out. */
  async function queueOf(key: string): Promise<string> {
    const queue = `${name}-${key}`;
    if (declared.has(queue)) return queue;
    await definitely(amqp.declare(queue, args), (error) => error instanceof AmqpError);
    declared.add(queue);
    return queue;
  }
  return {
    close: () => amqp.close(),
    api: {
      async enqueue(value, key = '') {
        if (await amqp.publish(await queueOf(key), JSON.stringify(value))) return null;
        // What is not confirmed may be kept all the same.
        throw new Error('the message was not confirmed');
      },
      async dequeue(_, key = '') {
        const text = await amqp.take(await queueOf(key));
        return text === undefined ? null : (JSON.parse(text) as Value);
      },
    },
  };
}

const queues = (sort: Sort): Database<Queue> => ({
  ...(cluster as Database<Queue>),
  name: `rabbitmq/${sort.name}`,
  datatype: 'queue',
  claims: [CLAIM],
  connect: async (host) => sessionOf(await Amqp.open(host.port('amqp')), sort),
});

export const rabbits = [
  queues({ name: 'mirrored', args: {} }),
  queues({ name: 'quorum', args: { 'x-queue-type': 'quorum' } }),
] as const;
