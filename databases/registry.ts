/** The databases that come with splitbrain. Their programs do not: each says how they are had. */
import type { Database } from './database.ts';
import { etcds } from './etcd.ts';
import { redises } from './redis.ts';

export const databases: readonly Database[] = [...etcds, ...redises] as unknown as readonly Database[];
