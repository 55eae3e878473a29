/** What OVSDB is asked, and how its answers become ok, fail and info: a server says what a test wants it to. */
import { describe, expect, it } from 'vitest';
import type { DatabaseSession, Host } from '../../databases/database.ts';
import { ovsdbs } from '../../databases/ovsdb.ts';
import { JsonTexts } from '../../databases/wire/json-texts.ts';
import { canInject } from '../../harness/clusters/databases/injectors.ts';
import type { Fault } from '../../harness/faults/fault.ts';
import { Refused } from '../../systems/node.ts';
import { closing, server } from './wire/server.ts';

interface Operation {
  readonly op: string;
  readonly table: string;
}
type Api = Readonly<Record<'read' | 'write' | 'add', (input: unknown, key?: string) => Promise<unknown>>>;

/** A session whose server says the same to every transaction, without its number; `undefined` closes the connection. */
async function session(name: string, says: object | undefined) {
  const { port, socket } = await server();
  const asked: (readonly [string, ...Operation[]])[] = [];
  const host = { id: 'n1', nodes: ['n1'], port: () => port } as unknown as Host;
  const database = ovsdbs.find((one) => one.name === name)!;
  const { api } = closing((await database.connect(host)) as DatabaseSession<never>);
  const stream = new JsonTexts();
  const near = await socket();
  near.on('data', (data: Buffer) => {
    for (const text of stream.take(data)) {
      const { id, params } = JSON.parse(text) as { id: number; params: readonly [string, ...Operation[]] };
      asked.push(params);
      if (says === undefined) near.destroy();
      else near.write(JSON.stringify({ id, ...says }));
    }
  });
  return { api: api as unknown as Api, asked };
}

const done = (...result: readonly object[]) => ({ result, error: null });
const namesOf = ([, ...operations]: readonly [string, ...Operation[]]) =>
  operations.map(({ op, table }) => `${op} ${table}`);

describe('OVSDB', () => {
  it('refuses crashes that take a server’s file away, as it would not come back', () => {
    const crash = (disk: 'kept' | 'lost') =>
      canInject({ id: 1, kind: 'crash', targets: ['n1'], disk, fromMs: 0, toMs: 1 } as Fault, ovsdbs[2] as never);
    expect(crash('kept')).toBe(true);
    expect(crash('lost')).toMatch(/take crash or power-one$/);
  });

  it('writes a row in place of the one that is there', async () => {
    const { api, asked } = await session('ovsdb/local-reads', done({ count: 1 }, { uuid: ['uuid', 'u'] }));
    expect(await api.write('a', 'k')).toBe(null);
    const [, remove, insert] = asked[0]!;
    expect(remove).toEqual({ op: 'delete', table: 'registers', where: [['key', '==', 'k']] });
    expect(insert).toEqual({ op: 'insert', table: 'registers', row: { key: 'k', value: '"a"' } });
  });

  it.each([
    ['ovsdb/local-reads', ['select registers']],
    ['ovsdb/confirmed-reads', ['select registers', 'delete reads', 'insert reads']],
  ])('reads by %s', async (name, operations) => {
    const { api, asked } = await session(name, done({ rows: [{ value: '7' }] }, {}, {}));
    expect(await api.read(null, 'k')).toBe(7);
    expect(namesOf(asked[0]!)).toEqual(operations);
    const empty = await session(name, done({ rows: [] }, {}, {}));
    expect(await empty.api.read(null, 'k')).toBe(null);
  });

  it('reads sets by what goes through the leader', async () => {
    const { api, asked } = await session('ovsdb/set', done({ rows: [{ element: 3 }, { element: 5 }] }, {}, {}));
    expect(await api.read(null, 'k')).toEqual([3, 5]);
    expect(namesOf(asked[0]!)).toEqual(['select elements', 'delete reads', 'insert reads']);
  });

  it.each(['unknown database', 'database not available'])('fails where the server says %s', async (error) => {
    const { api, asked } = await session('ovsdb/set', { error: { error, details: '?' } });
    await expect(api.add(1, 'k')).rejects.toBeInstanceOf(Refused);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['a connection that breaks off', undefined],
    ['a schema that changes', { error: 'canceled' }],
    // The server may have made it, and then made it again.
    ['an error of an operation', done({ count: 0 }, { error: 'constraint violation' })],
    ['an error of the whole', done({ count: 0 }, { uuid: [] }, { error: 'I/O error' })],
    ['no list', { result: { count: 1 }, error: null }],
  ])('leaves open what happened: %s', async (_, says) => {
    const { api, asked } = await session('ovsdb/set', says);
    const error = await api.add(1, 'k').then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Refused);
    expect(asked).toHaveLength(1);
  });
});
