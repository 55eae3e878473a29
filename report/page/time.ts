/** Times and durations as people read them. Inputs are nanoseconds. */

const UNITS: readonly (readonly [ns: number, name: string])[] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
];

/** A duration in three significant digits: `1.25 s`, `340 µs`. */
export function durationText(ns: number): string {
  if (!Number.isFinite(ns)) return 'forever';
  const [size, name] = UNITS.find(([unit]) => Math.abs(ns) >= unit) ?? [1, 'ns'];
  return `${trimmed(ns / size, 3)} ${name}`;
}

/** A moment of the run, in seconds and as exact as `span`, the length of what is on the screen, makes useful. */
export function momentText(ns: number, span: number): string {
  const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(Math.max(span, 1) / 1e9)) + 2));
  return `${(ns / 1e9).toFixed(digits)} s`;
}

/** Round moments to mark on an axis: about `count` of them from `from` to `to`. */
export function ticks(from: number, to: number, count: number): number[] {
  const rough = Math.max((to - from) / Math.max(count, 1), 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((times) => times * power >= rough) ?? 10);
  const marks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) marks.push(at);
  return marks;
}

/** A tick's label: seconds, with the digits that tell it from its neighbours. */
export function tickText(ns: number, step: number): string {
  const digits = Math.min(9, Math.max(0, -Math.floor(Math.log10(step / 1e9))));
  return `${(ns / 1e9).toFixed(digits)} s`;
}

function trimmed(value: number, digits: number): string {
  const text = value.toPrecision(digits);
  if (text.includes('e')) return String(Math.round(value));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** How a run recovered, in words; nothing where there was no fault to recover from. */
export function recoveredText(faults: number, recoveryMs: number | null): string | undefined {
  if (faults === 0) return undefined;
  return recoveryMs === null ? 'not in time' : `in ${durationText(recoveryMs * 1e6)}`;
}
