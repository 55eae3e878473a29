import { ROWS } from './rows.ts';
import type { Transaction } from './transactions.ts';

/**
 * Transactions that read the list of rows in another, short one: by the time they read the rows there may be others,
 * which are phantoms to them. One that changes the list reads it as it should.
 */
export function withListRead(begin: () => Promise<Transaction>): () => Promise<Transaction> {
  return async () => {
    let list: Promise<unknown> | undefined;
    const alone = async () => {
      const short = await begin();
      const read = await short.read(ROWS, false);
      await short.commit();
      return read;
    };
    const transaction = await begin();
    return {
      ...transaction,
      read(key, toWrite) {
        if (key !== ROWS || toWrite) return transaction.read(key, toWrite);
        list ??= alone();
        return list;
      },
    };
  };
}
