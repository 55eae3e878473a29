/** Figures of a comparison as they are shown. */
interface Shown {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** A share with its interval, as `82% (76-87)`. */
export function percentText({ value, low, high }: Shown): string {
  const interval = low !== undefined && high !== undefined ? ` (${percent(low)}–${percent(high)})` : '';
  return `${percent(value)}%${interval}`;
}

/** A value with its unit; without its interval where it is to be short. */
export function valueText(shown: Shown, unit: string, short = false): string {
  if (unit === 'share') return percentText(short ? { value: shown.value } : shown);
  const number = Number(shown.value.toPrecision(3)).toLocaleString('en');
  return unit === 'ms' ? `${number} ms` : short ? number : `${number} ${unit}`;
}

function percent(share: number): string {
  const text = (share * 100).toFixed(share > 0.99 && share < 1 ? 1 : 0);
  // What was not all is not shown as all, nor what was something as nothing.
  if (share < 1 && text === '100.0') return '>99.9';
  return share > 0 && text === '0' ? '<1' : text;
}
