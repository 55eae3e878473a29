import { expect, it } from 'vitest';
import type { Host } from '../../../../databases/database.ts';
import { offsetOf } from '../../../../harness/clusters/databases/clock-offsets.ts';

const HOUR_MS = 3_600_000;
const host = {} as Host;

/** A database whose clock is ahead, and which tells it in steps. */
function ahead(byMs: number, clockStepMs = 0) {
  return {
    clockStepMs,
    clock: async () => {
      const ms = Date.now() + byMs;
      return clockStepMs === 0 ? ms : Math.floor(ms / clockStepMs) * clockStepMs + clockStepMs / 2;
    },
  };
}

it.each([0, 1000])('tells how far a clock is ahead that counts in steps of %s ms', async (stepMs) => {
  for (const byMs of [HOUR_MS, -HOUR_MS]) expect(await offsetOf(ahead(byMs, stepMs), host)).toBeCloseTo(byMs, -4);
});

it('is 0 of a clock that is right, in steps or not, as nothing is seen of what is smaller than they are', async () => {
  for (const stepMs of [0, 10, 1000]) expect(await offsetOf(ahead(0, stepMs), host)).toBe(0);
  for (let i = 0; i < 50; i++) {
    await new Promise((resolve) => setTimeout(resolve, 7));
    expect(await offsetOf(ahead(0, 100), host, 1)).toBe(0);
  }
});

it('is nothing where nobody tells the time', async () => {
  expect(await offsetOf({}, host)).toBeUndefined();
  expect(await offsetOf({ clock: () => Promise.reject(new Error('down')) }, host)).toBeUndefined();
  expect(await offsetOf({ clock: async () => Number.NaN }, host)).toBeUndefined();
});
