/** Durations as options and campaign files write them: `500ms`, `10s`, `2m` or `1h`. */
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** How a duration is written. */
export const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

/** A duration in ms; undefined where it is not written as one. */
export function msOf(text: string): number | undefined {
  const [, size, unit] = DURATION.exec(text) ?? [];
  return size === undefined || unit === undefined ? undefined : Number(size) * UNITS[unit]!;
}

/** A duration as one writes it, in the largest unit that needs no fraction. */
export function durationText(ms: number): string {
  const [unit, size] = Object.entries(UNITS)
    .reverse()
    .find(([, size]) => ms % size === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}
