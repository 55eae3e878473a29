/** The first character of a token, or the code of `0` for a number. */
export const STRING = 34;
export const NUMBER = 48;
export const COLON = 58;
export const OPEN_ARRAY = 91;
export const CLOSE_ARRAY = 93;
export const OPEN_OBJECT = 123;
export const CLOSE_OBJECT = 125;

/**
 * Calls `each` with every string, number, bracket and colon of a JSON text, `text[from..to)`,
 * in order. A regular expression would need a stack as deep as its longest string. O(length).
 */
export function eachToken(text: string, each: (token: number, from: number, to: number) => void): void {
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    let to = at + 1;
    if (code === STRING) {
      to = stringEnd(text, at);
      each(STRING, at, to);
    } else if (code === 45 || isDigit(code)) {
      while (to < text.length && isOfNumber(text.charCodeAt(to))) to++;
      each(NUMBER, at, to);
    } else if (isMark(code)) each(code, at, to);
    at = to;
  }
}

/** Where the string that begins at `from` ends, behind its quote; the end of the text where it does not. */
function stringEnd(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) === 92) before--;
    if ((at - before) % 2 === 1) return at + 1;
  }
  return text.length;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** A digit, a sign, a point or the letter of an exponent. */
function isOfNumber(code: number): boolean {
  return isDigit(code) || code === 43 || code === 45 || code === 46 || code === 69 || code === 101;
}

function isMark(code: number): boolean {
  return code === COLON || code === OPEN_ARRAY || code === CLOSE_ARRAY || code === OPEN_OBJECT || code === CLOSE_OBJECT;
}
