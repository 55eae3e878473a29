/**
 * The fewest values that are still wrong, for datatypes where leaving out all
 * operations of a value from a correct history leaves it correct: then a part that
 * is wrong proves the whole wrong. Nothing else justifies leaving something out.
 */

/** How many values are tried one by one; a part larger than this is shown as it is. */
const TRIED = 400;

/**
 * A part of `values`, which `wrong` says is wrong, of which nothing can be left
 * out (where at most 400 are tried). Prefixes and suffixes are tried in doubling
 * lengths first, so the cost is that of the part found and not of the whole.
 */
export function fewest(values: readonly number[], wrong: (part: readonly number[]) => boolean): readonly number[] {
  let part = shortest(values, (length) => values.slice(0, length), wrong);
  const head = part;
  part = shortest(head, (length) => head.slice(head.length - length), wrong);
  if (part.length > TRIED) return part;
  for (let i = part.length - 1; i >= 0; i--) {
    const without = part.filter((_, at) => at !== i);
    if (wrong(without)) part = without;
  }
  return part;
}

function shortest(
  whole: readonly number[],
  cut: (length: number) => readonly number[],
  wrong: (part: readonly number[]) => boolean,
): readonly number[] {
  let low = 0;
  let high = 4;
  while (high < whole.length && !wrong(cut(high))) {
    low = high;
    high *= 2;
  }
  high = Math.min(high, whole.length);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (wrong(cut(middle))) high = middle;
    else low = middle;
  }
  return cut(high);
}
