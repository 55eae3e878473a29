/** What only Node.js has of clocks, timers and chance, and of the process's end. */
import nodeCrypto from 'node:crypto';
import timersPromises from 'node:timers/promises';
import { type Ambient, fillByChance } from '../node/ambient.ts';
import { type Answer, fill, NOW, uuid } from './answers.ts';
import type { Fence, FenceMakers } from './platform.ts';

const hrtimeAnswer: Answer = (ambient, [since]) => {
  const ns = nanoseconds(ambient) - (since ? BigInt(since[0]) * 1_000_000_000n + BigInt(since[1]) : 0n);
  return [Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n)];
};

function nanoseconds(ambient: Ambient): bigint {
  return BigInt(Math.round(ambient.elapsed() * 1_000_000));
}

const randomBytes: Answer = (ambient, [size, callback]) => {
  const bytes = fillByChance(Buffer.alloc(Number(size)), ambient.random);
  if (typeof callback === 'function') ambient.after(0, () => callback(null, bytes));
  return bytes;
};

const randomInt: Answer = (ambient, args) => {
  const numbers = args.filter((one) => typeof one === 'number') as number[];
  const [min, max] = numbers.length > 1 ? (numbers as [number, number]) : [0, numbers[0] as number];
  return min + Math.floor(ambient.random() * (max - min));
};

export function nodeFences({
  fenced,
  chanceOf,
  deferred,
  refused,
  promised,
  timer,
  cleared,
}: FenceMakers): readonly Fence[] {
  const hrtime = Object.assign(fenced('process.hrtime()', NOW, process.hrtime, hrtimeAnswer), {
    bigint: fenced('process.hrtime.bigint()', NOW, process.hrtime.bigint, nanoseconds),
  });
  return [
    [nodeCrypto, 'randomUUID', chanceOf('crypto.randomUUID()', nodeCrypto.randomUUID, uuid)],
    [nodeCrypto, 'randomBytes', chanceOf('crypto.randomBytes()', nodeCrypto.randomBytes, randomBytes)],
    [nodeCrypto, 'randomFillSync', chanceOf('crypto.randomFillSync()', nodeCrypto.randomFillSync, fill)],
    [nodeCrypto, 'randomInt', chanceOf('crypto.randomInt()', nodeCrypto.randomInt, randomInt)],
    [globalThis, 'setImmediate', timer('setImmediate', setImmediate, false)],
    [globalThis, 'clearImmediate', cleared(clearImmediate)],
    [timersPromises, 'setTimeout', promised('setTimeout', timersPromises.setTimeout)],
    [timersPromises, 'setImmediate', promised('setImmediate', timersPromises.setImmediate)],
    [process, 'exit', refused('process.exit()', 'an error', process.exit)],
    [process, 'nextTick', deferred(process.nextTick)],
    [process, 'hrtime', hrtime],
  ];
}
