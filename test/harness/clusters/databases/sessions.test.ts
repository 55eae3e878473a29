import { expect, it } from 'vitest';
import type { Database } from '../../../../databases/database.ts';
import { Closed } from '../../../../databases/wire/connection.ts';
import type { Cluster, Session } from '../../../../harness/clusters/cluster.ts';
import { OpenSessions } from '../../../../harness/clusters/databases/open-sessions.ts';
import { sessionWith } from '../../../../harness/clusters/databases/sessions.ts';
import { Client } from '../../../../harness/running/clients.ts';
import { Recorder } from '../../../../harness/running/recorder.ts';
import { Refused } from '../../../../systems/node.ts';

const database = { name: 'any', datatype: 'register' } as unknown as Database;
const call = (id: number) => ({ id, client: 0, atMs: 0, node: 'n1', f: 'write', key: 'k', input: id as never });

/** A client of one node, whose sessions are given `write`, each its own number. */
async function client(write: (session: number) => Promise<null>) {
  const sessions = new OpenSessions();
  let opened = 0;
  const cluster = {
    async open(): Promise<Session> {
      const number = ++opened;
      const api = { write: () => write(number) };
      const connected = Promise.resolve({ api, close() {} });
      return sessions.keep('n1', await sessionWith(connected, 1000, database, 'n1', () => {}));
    },
  } as unknown as Cluster;
  const elapsed = () => 0;
  const context = { cluster, recorder: new Recorder(elapsed), callTimeoutMs: 1000, workers: 1, elapsed };
  return { sessions, made: new Client(context, 0), opened: () => opened };
}

it('a client opens another session where its node died meanwhile', async () => {
  const { sessions, made, opened } = await client(async () => null);
  expect((await made.make(call(1))).outcome.type).toBe('ok');
  expect((await made.make(call(2))).outcome.type).toBe('ok');
  expect(opened()).toBe(1);
  sessions.closeWith('n1');
  expect((await made.make(call(3))).outcome.type).toBe('ok');
  expect(opened()).toBe(2);
});

it('a client opens another session where the one that it has was closed from outside', async () => {
  const { made, opened } = await client(async (session) => {
    if (session === 1) throw new Closed();
    return null;
  });
  expect((await made.make(call(1))).outcome).toMatchObject({ type: 'fail', error: 'the connection is closed' });
  expect((await made.make(call(2))).outcome.type).toBe('ok');
  expect(opened()).toBe(2);
});

it('a client keeps the session that refuses', async () => {
  const { made, opened } = await client(async () => {
    throw new Refused('no');
  });
  await made.make(call(1));
  await made.make(call(2));
  expect(opened()).toBe(1);
});
