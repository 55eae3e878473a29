import { UsageError } from './exit.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `500ms`, `10s`, `2m` or `1h` in ms. */
export function durationMs(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  if (count === undefined || unit === undefined)
    throw new UsageError(`a duration is written 500ms, 10s, 2m or 1h, not "${text}"`);
  return Number(count) * UNITS[unit]!;
}
