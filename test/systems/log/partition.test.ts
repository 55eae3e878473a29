import { describe, expect, it } from 'vitest';
import { type Message, Partition } from '../../../systems/log/partition.ts';
import { Network } from '../blocks/network.ts';

const message = (epoch: number, id: string): Message => ({ epoch, id, value: id });
const idsOf = (partition: Partition) => partition.slice(0, partition.length).map(({ id }) => id);

async function partitionWith(...messages: readonly Message[]) {
  const node = new Network(['n1'], () => 0.5).node('n1');
  const partition = await Partition.open(node, 'p');
  for (const one of messages)
    await partition.append(
      one,
      () => true,
      (id) => partition.placeOf(id),
    );
  return { node, partition };
}

describe('a copy of a partition', () => {
  it('takes a message once, in its next life too', async () => {
    const { node, partition } = await partitionWith(message(0, 'a'), message(0, 'b'), message(0, 'a'));
    expect(idsOf(partition)).toEqual(['a', 'b']);
    const next = await Partition.open(node, 'p');
    expect([idsOf(next), next.placeOf('b'), next.digests]).toEqual([['a', 'b'], 1, partition.digests]);
  });

  it('takes nothing where it may not', async () => {
    const { partition } = await partitionWith();
    await expect(
      partition.append(
        message(0, 'a'),
        () => false,
        () => undefined,
      ),
    ).rejects.toThrow('does not lead');
    expect(partition.length).toBe(0);
  });

  it('follows the newest leader, and gives up what that one does not have', async () => {
    const { partition } = await partitionWith(message(0, 'a'), message(0, 'b'), message(0, 'c'));
    const tell = { key: 'p', epoch: 1, before: 0, messages: [message(1, 'd')], committed: 2 };
    expect(await partition.follow({ ...tell, from: 5 })).toEqual({ from: 3 });
    expect(await partition.follow({ ...tell, from: 1 })).toEqual({ has: 2 });
    expect([idsOf(partition), partition.committed, partition.placeOf('c')]).toEqual([['a', 'd'], 2, undefined]);
    await expect(partition.follow({ ...tell, epoch: 0, from: 1 })).rejects.toThrow('follows epoch 1');
  });

  it('asks for what came before where that is not what the leader has', async () => {
    const { partition } = await partitionWith(message(0, 'a'), message(0, 'b'));
    const tell = { key: 'p', epoch: 2, from: 2, before: 1, messages: [], committed: 0 };
    expect(await partition.follow(tell)).toEqual({ from: 1 });
    expect(idsOf(partition)).toEqual(['a', 'b']);
  });
});
