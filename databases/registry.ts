/** The databases that come with splitbrain. Their programs do not: each says how they are had. */
import type { Database } from './database.ts';
import { etcdLocks } from './etcd/locks.ts';
import { etcds } from './etcd/variants.ts';
import { natses } from './nats.ts';
import { openldaps } from './openldap.ts';
import { ovsdbs } from './ovsdb.ts';
import { postgreses } from './postgres/variants.ts';
import { rabbits } from './rabbitmq/variants.ts';
import { redisCluster } from './redis/cluster.ts';
import { redisLocks } from './redis/locks.ts';
import { redises } from './redis/sentinel.ts';
import { zookeepers } from './zookeeper/variants.ts';

export const databases = [
  ...etcds,
  ...etcdLocks,
  ...redises,
  redisCluster,
  ...redisLocks,
  ...postgreses,
  ...natses,
  ...ovsdbs,
  ...rabbits,
  ...zookeepers,
  ...openldaps,
] as unknown as readonly Database[];
