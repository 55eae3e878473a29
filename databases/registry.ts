/** The databases that come with splitbrain. Their programs do not: each says how they are had. */
import type { Database } from './database.ts';
import { etcds } from './etcd.ts';
import { natses } from './nats.ts';
import { postgreses } from './postgres/variants.ts';
import { redisCluster } from './redis/cluster.ts';
import { redises } from './redis/sentinel.ts';

export const databases = [
  ...etcds,
  ...redises,
  redisCluster,
  ...postgreses,
  ...natses,
] as unknown as readonly Database[];
