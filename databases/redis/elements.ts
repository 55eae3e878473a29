/** Sets of numbers in Redis, by whatever sends its commands. */
import type { Elements } from 'elle-ts';
import type { DatabaseSession } from '../database.ts';
import type { Reply } from '../wire/resp.ts';

/** What sends commands that change something, and those that do not. */
interface Commands {
  read(...words: readonly (string | number)[]): Promise<Reply>;
  write(...words: readonly (string | number)[]): Promise<Reply>;
  close(): void;
}

/** A session with sets, which closes with what sends its commands. */
export function elementsBy(commands: Commands): DatabaseSession<Elements> {
  return {
    close: () => commands.close(),
    api: {
      async add(element, key = '') {
        await commands.write('SADD', key, String(element));
        return null;
      },
      async read(_, key = '') {
        return ((await commands.read('SMEMBERS', key)) as readonly string[]).map(Number);
      },
    },
  };
}
