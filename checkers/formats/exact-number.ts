import { HistoryError } from './history-error.ts';

const LITERAL = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** How many characters a number may have. */
const LONGEST = 1000;

/**
 * The number that a decimal literal names, without silent loss: a double where the double's own
 * shortest text names the same number (and the number is safe, where it is written as a whole one),
 * and otherwise the number's digits as a string, which are exact wherever values are only compared.
 * Undefined where no double is as large, or where the number has more than a thousand characters.
 */
export function exactNumber(literal: string): number | string | undefined {
  const number = Number(literal);
  if (!Number.isFinite(number) || literal.length > LONGEST) return undefined;
  const digits = canonical(literal);
  const exact = Number.isSafeInteger(number) || !/^[+-]?\d+$/.test(literal);
  if (exact && canonical(String(number)) === digits) return number === 0 ? 0 : number;
  return digits;
}

/** One text for each number, however it is written: without an exponent where that is not too long. */
function canonical(literal: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] = LITERAL.exec(literal) ?? [];
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  if (digits === '') return '0';
  const exponent = Number(power) - fraction.length + all.length - digits.length;
  return `${sign === '-' ? '-' : ''}${placed(digits, exponent)}`;
}

/** How many zeros a number is written with before it is written with an exponent. */
const MOST_ZEROS = 40;

/** `digits` times ten to the power of `exponent`. */
function placed(digits: string, exponent: number): string {
  const point = digits.length + exponent;
  if (exponent > MOST_ZEROS || point < -MOST_ZEROS) return `${digits}e${exponent}`;
  if (exponent >= 0) return digits + '0'.repeat(exponent);
  return point > 0 ? `${digits.slice(0, point)}.${digits.slice(point)}` : `0.${'0'.repeat(-point)}${digits}`;
}

/** A whole number of a format that has nothing else. Throws a `HistoryError` where a double would round it. */
export function wholeNumber(digits: string, line: number): number {
  const number = Number(digits);
  if (!Number.isSafeInteger(number)) throw new HistoryError(`the number ${digits} is too large to be kept exact`, line);
  return number === 0 ? 0 : number;
}
