/** All kinds of databases that can be measured, and how one is found by its URL. */
import { BadInput } from '../../harness/failure.ts';
import { etcdKind } from './etcd.ts';
import { mariadbKind } from './mariadb.ts';
import { postgresKind } from './postgres.ts';
import { redisKind } from './redis.ts';
import { sqliteKind } from './sqlite.ts';
import type { StoreKind } from './store.ts';

const storeKinds: readonly StoreKind[] = [postgresKind, mariadbKind, sqliteKind, etcdKind, redisKind];

const protocols = storeKinds.flatMap((kind) => kind.protocols);

/** The kind of database that a URL is of. Throws `BadInput` where it is none. */
export function storeKindOf(url: URL): StoreKind {
  const found = storeKinds.find((kind) => kind.protocols.includes(url.protocol));
  if (found) return found;
  throw new BadInput(`a URL begins with ${protocols.join(', ')}, not ${url.protocol}`);
}

/** Reads a URL. The message has no part of what it does not understand, as a password may be in it. */
export function urlIn(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new BadInput(`that is no URL: it begins with ${protocols.join(', ')}`);
  }
}
