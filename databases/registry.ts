/** The databases that come with splitbrain. Their programs do not: each says how they are had. */
import type { Database } from './database.ts';
import { etcds } from './etcd.ts';
import { postgreses } from './postgres/variants.ts';
import { redises } from './redis.ts';

export const databases: readonly Database[] = [...etcds, ...redises, ...postgreses] as unknown as readonly Database[];
