import { describe, expect, it } from 'vitest';
import { exclusive } from '../../../systems/blocks/lock.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a lock by key', () => {
  it('runs tasks of one key one after the other, in the order of asking, and those of others beside them', async () => {
    const inTurn = exclusive();
    const events: string[] = [];
    const task = (name: string) => async () => {
      events.push(`${name} begins`);
      await turn();
      events.push(`${name} ends`);
    };
    await Promise.all([inTurn('x', task('x1')), inTurn('x', task('x2')), inTurn('y', task('y1'))]);
    expect(events.filter((event) => event.startsWith('x'))).toEqual(['x1 begins', 'x1 ends', 'x2 begins', 'x2 ends']);
    expect(events.indexOf('y1 begins')).toBeLessThan(events.indexOf('x1 ends'));
  });

  it('continues after a task that failed, and tells its caller', async () => {
    const inTurn = exclusive();
    const failing = inTurn('x', async () => {
      throw new Error('broken');
    });
    const next = inTurn('x', async () => 'done');
    await expect(failing).rejects.toThrow('broken');
    await expect(next).resolves.toBe('done');
  });
});
