/** What a file's author calls things, where it is not what we call them. */
export interface ReadOptions {
  /** Our function for each of theirs: `{ debit: 'transfer' }`. Values stay as they are. */
  readonly functions?: ReadonlyMap<string, string>;
  /** The member of a JSON or EDN record that names its process; `process` where it is absent. */
  readonly process?: string;
  /** How many characters a line may have, or a value that has to be in memory at once; `LONGEST` where it is absent. */
  readonly longest?: number;
}

/** How many characters of a text may have to be in memory at once: ten million make at most half a gigabyte. */
export const LONGEST = 10_000_000;

/** Why a text is not read. `what` is "the line". */
export function tooLong(what: string, longest: number): string {
  const megabytes = Math.round(longest / 1e6);
  return `${what} is longer than ${megabytes} MB: --max-line ${megabytes * 10}MB reads it nevertheless`;
}
