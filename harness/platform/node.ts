/** Node.js as the simulation's platform. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import { format, promisify } from 'node:util';
import { PromiseCarrier } from './drained-carrier.ts';
import { nodeFences } from './node-fences.ts';
import type { Platform, StrayEvent, StrayListener } from './platform.ts';
import { refuseModules } from './refused-modules.ts';

/** Undocumented, but in every Node.js from 12 on: runs microtasks and reports unhandled rejections. */
const drain = (process as unknown as { _tickCallback?: () => void })._tickCallback;

/** Whether `AsyncLocalStorage` rests on async_hooks: from 24 on V8 itself carries its value. */
const numbersPromises = Number(process.versions.node.split('.')[0]) < 24;

type Listener = (error: unknown, of: unknown) => void;
const STRAYS: readonly StrayEvent[] = ['unhandledRejection', 'uncaughtException'];

function listenForStrays(tell: StrayListener): () => void {
  const replaced = STRAYS.map((event) => {
    const own = process.listeners(event as 'uncaughtException') as Listener[];
    process.removeAllListeners(event);
    const stray = (error: unknown, of: unknown) => tell(event, error, of, own);
    process.on(event, stray);
    return { event, own, stray };
  });
  return () => {
    for (const { event, own, stray } of replaced) {
      process.removeListener(event, stray);
      for (const listener of own) process.on(event, listener);
    }
  };
}

export const platform: Platform = {
  Carrier: AsyncLocalStorage,
  DrainedCarrier: numbersPromises ? PromiseCarrier : undefined,
  drain,
  nextTurn: setImmediate,
  format,
  listenForStrays,
  fences: nodeFences,
  promisified: promisify.custom,
  refuseModules,
  syncModules: syncBuiltinESMExports,
};
