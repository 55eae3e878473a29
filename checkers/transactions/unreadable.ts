/** What keeps a history of transactions from being judged: of each kind the first, and how many there are. */
export class Unreadable {
  private readonly kinds = new Map<string, { readonly first: string; count: number }>();

  /** `kind` is the sentence of all problems of one kind, and `first` describes this one. */
  add(kind: string, first: () => string): void {
    const known = this.kinds.get(kind);
    if (known) known.count++;
    else this.kinds.set(kind, { first: first(), count: 1 });
  }

  /** A sentence for each kind. */
  sentences(): string[] {
    return [...this.kinds].map(([kind, { first, count }]) => {
      return `${kind}: ${first}${count === 1 ? '' : `, and so it is with ${count - 1} more`}`;
    });
  }
}

/** Reasons why a history cannot be judged, as sentences that an example follows. */
export const UNREADABLE = {
  shape: 'a transaction is no list of micro-operations',
  mop: 'a micro-operation is none of the kinds there are',
  list: 'what was read is no list',
  written: 'values written to a key must be unique, since a read tells by its value who wrote it',
  appended: 'elements appended to a key must be unique, since a read tells by an element who appended it',
} as const;
