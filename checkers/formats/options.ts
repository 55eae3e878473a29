/** What a file's author calls things, where it is not what we call them. */
export interface ReadOptions {
  /** Our function for each of theirs: `{ debit: 'transfer' }`. Values stay as they are. */
  readonly functions?: ReadonlyMap<string, string>;
  /** The member of a JSON or EDN record that names its process; `process` where it is absent. */
  readonly process?: string;
}
