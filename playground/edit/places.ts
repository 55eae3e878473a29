/** Places in the worker's text as lines of the code as it was written. */

const PLACE = /(?:async )?(?:blob:[^\s)]*?):(\d+):(\d+)/g;

/** How many lines a text has, as engines count them in what they run. */
export function linesOf(text: string): number {
  return text.split(/\r\n|[\n\r\u2028\u2029]/).length;
}

/** Every place becomes `my.mjs:LINE`. `before` lines of ours stand before the code, which has `lines`. */
export function placed(text: string, before: number, lines: number): string {
  return text.replace(PLACE, (_, line: string) => {
    const own = Number(line) - before;
    return own >= 1 && own <= lines ? `my.mjs:${own}` : 'splitbrain';
  });
}

/** The line of the first place in the code, of an error; undefined where none of its places is there. */
export function lineOf(error: Error, before: number, lines: number): number | undefined {
  const [, line] = /my\.mjs:(\d+)/.exec(placed(error.stack ?? '', before, lines)) ?? [];
  return line === undefined ? undefined : Number(line);
}
