/** The queue with one step wrong. */
import type { Value } from 'elle-ts';
import { twin } from '../twin.ts';
import { type Fifo, queue } from './sound.ts';

const { steps } = queue;

/** Says afterwards what was handed out. */
interface Remove {
  readonly f: 'remove';
  readonly key: string;
  readonly value: Value;
}

export const brokenQueues: readonly Fifo[] = [
  twin(
    queue,
    {
      name: 'queue/early-acknowledgement',
      flaw: {
        says: 'an enqueue is acknowledged before the nodes have agreed on it',
        anomaly: 'lost',
        at: 'void steps.enqueue.call(this, key, value).catch(() => null);',
      },
    },
    {
      async enqueue(key, value) {
        void steps.enqueue.call(this, key, value).catch(() => null);
        return null;
      },
    },
  ),
  twin(
    queue,
    {
      name: 'queue/redelivery',
      flaw: {
        says: 'an element is handed out before the nodes have agreed that it is gone',
        anomaly: 'duplicate',
        at: 'void this.machine.submit(remove as never).catch(() => undefined);',
      },
    },
    {
      async dequeue(key) {
        const [value] = this.queues.get(key) ?? [];
        if (value === undefined) return steps.dequeue.call(this, key);
        const remove: Remove = { f: 'remove', key, value };
        void this.machine.submit(remove as never).catch(() => undefined);
        return value;
      },
      // Who hands out what it knows itself has to know much.
      async replicate(node, apply) {
        const machine = await steps.replicate(node, apply);
        void machine.follow(200);
        return machine;
      },
      execute(queues, command) {
        const { f, key, value } = command as unknown as Remove;
        if (f !== 'remove') return steps.execute(queues, command);
        const left = (queues.get(key) ?? []).filter((one) => one !== value);
        queues.set(key, left);
        return null;
      },
    },
  ),
];
