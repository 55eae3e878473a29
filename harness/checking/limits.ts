/** What a file may cost before it is read: hostile files are refused, with the option that reads them nevertheless. */

/** How many times its size a compressed file may become. Histories become ten to sixty times as large. */
export const EXPANSION = 200;
/** Below so many bytes every expansion is small. */
const ALWAYS = 64 * 1024 * 1024;
/** Bytes of an archive's histories, or of a binary history, that are held in memory. */
export const HELD = 256 * 1024 * 1024;

/** Throws where `expanded` bytes have come out of `compressed` ones, and that is more than an honest file becomes. */
export function refuseExpansion(compressed: number, expanded: number, most: number): void {
  if (expanded > ALWAYS && expanded > compressed * most)
    throw new Error(
      `the compressed data become more than ${most} times their size: --max-expansion ${most * 10} reads them nevertheless`,
    );
}
