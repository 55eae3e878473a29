/** What OpenLDAP is asked, and how its answers become ok, fail and info: servers say what a test wants them to. */
import { describe, expect, it } from 'vitest';
import type { DatabaseSession, Host } from '../../databases/database.ts';
import { openldaps } from '../../databases/openldap.ts';
import { BerStream, numberIn, valuesIn } from '../../databases/wire/ber.ts';
import { Refused } from '../../systems/node.ts';
import { entryOf, RESPONSE, resultOf } from './wire/ldap-messages.ts';
import { closing, server } from './wire/server.ts';

type Api = Readonly<Record<'read' | 'add', (input: unknown, key?: string) => Promise<unknown>>>;
/** What a server says to a request with this number and tag; `undefined` closes the connection. */
type Says = (id: number, tag: number) => Buffer | 'silence' | undefined;

const BIND = RESPONSE.bind - 1;
const letsIn =
  (says: Says): Says =>
  (id, tag) =>
    tag === BIND ? resultOf(id, RESPONSE.bind) : says(id, tag);

async function provider(says: Says) {
  const { port, socket } = await server();
  const asked: { readonly tag: number; readonly text: string }[] = [];
  void socket().then((near) => {
    const stream = new BerStream();
    near.on('data', (data: Buffer) => {
      for (const message of stream.take(data)) {
        const [id, request] = valuesIn(message.content) as [{ tag: number; content: Buffer }, typeof message];
        asked.push({ tag: request.tag, text: request.content.toString('latin1') });
        const said = says(numberIn(id), request.tag);
        if (said === undefined) near.destroy();
        else if (said !== 'silence') near.write(said);
      }
    });
  });
  return { port, asked };
}

async function session(name: string, ports: readonly number[]) {
  const nodes = ports.map((_, i) => `n${i + 1}`);
  const host = { id: 'n2', nodes, link: (_: string, to: string) => ports[nodes.indexOf(to)] } as unknown as Host;
  const database = openldaps.find((one) => one.name === `openldap/${name}`)!;
  return closing(await (database.connect(host) as Promise<DatabaseSession<never>>)).api as unknown as Api;
}

describe('OpenLDAP', () => {
  it('adds a value to the one entry, or an entry of its own', async () => {
    const done = letsIn((id, tag) => resultOf(id, tag + 1));
    const [values, entries] = [await provider(done), await provider(done)];
    expect(await (await session('values', [values.port])).add(7, 'k')).toBe(null);
    expect(values.asked[1]).toMatchObject({ tag: RESPONSE.modify - 1 });
    expect(values.asked[1]!.text).toMatch(/cn=elements,dc=splitbrain.*description.*6b-7/s);
    expect(await (await session('entries', [entries.port])).add(7, 'k')).toBe(null);
    expect(entries.asked[1]).toMatchObject({ tag: RESPONSE.add - 1 });
    expect(entries.asked[1]!.text).toMatch(/^.*cn=6b-7,dc=splitbrain/s);
  });

  it('reads the elements of one set', async () => {
    const one = { description: ['6b-7', '6b6b-8', '6b-10'] };
    const values = await provider(
      letsIn((id) => Buffer.concat([entryOf(id, 'cn=elements', one), resultOf(id, RESPONSE.search)])),
    );
    expect(await (await session('values', [values.port])).read(null, 'k')).toEqual([7, 10]);
    const entries = await provider(
      letsIn((id) => {
        const found = ['6b-7', '6b-10'].map((cn) => entryOf(id, `cn=${cn}`, { cn: [cn] }));
        return Buffer.concat([...found, resultOf(id, RESPONSE.search)]);
      }),
    );
    expect(await (await session('entries', [entries.port])).read(null, 'k')).toEqual([7, 10]);
    expect(entries.asked[1]!.text).toContain('x6b');
  });

  it('turns to the first provider that lets it in', async () => {
    const [dead, mute, closes] = [1, await provider(() => 'silence'), await provider(() => undefined)];
    const [good, late] = [await provider(letsIn((id, tag) => resultOf(id, tag + 1))), await provider(() => undefined)];
    const api = await session('entries', [dead, mute.port, closes.port, good.port, late.port]);
    expect(await api.add(1, 'k')).toBe(null);
    expect([good.asked.length, late.asked.length]).toEqual([2, 0]);
    await expect(session('entries', [dead, (await provider(() => undefined)).port])).rejects.toBeInstanceOf(Refused);
  });

  it('tells the time of a node, which counts whole seconds, and who is written at', async () => {
    const { clock, primary } = openldaps[0];
    const hosts = (ports: readonly number[]) =>
      ports.map((port, i) => ({ id: `n${i + 1}`, port: () => port }) as unknown as Host);
    const told = (time: string) =>
      provider(
        letsIn((id) =>
          Buffer.concat([entryOf(id, 'cn=t', { monitorTimestamp: [time] }), resultOf(id, RESPONSE.search)]),
        ),
      );
    const [host] = hosts([(await told('20261201045656Z')).port]);
    expect(await clock!(host!)).toBe(Date.parse('2026-12-01T04:56:56.500Z'));
    const [strange] = hosts([(await told('yesterday')).port]);
    await expect(clock!(strange!)).rejects.toThrow('n1 does not tell its time');
    expect(await primary!(hosts([1, (await told('')).port]))).toBe('n2');
    expect(await primary!(hosts([1]))).toBe(undefined);
  });

  it.each([10, 32, 51, 53])('fails by result %d', async (code) => {
    const { port, asked } = await provider(letsIn((id, tag) => resultOf(id, tag + 1, code)));
    await expect((await session('values', [port])).add(1, 'k')).rejects.toBeInstanceOf(Refused);
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['a connection that breaks off', () => undefined],
    ['a server that is going down', (id: number, tag: number) => resultOf(id, tag + 1, 52)],
    ['an entry that is there already', (id: number, tag: number) => resultOf(id, tag + 1, 68)],
    ['any other error', (id: number, tag: number) => resultOf(id, tag + 1, 80)],
  ] as const)('leaves open what happened: %s', async (_, says) => {
    const { port, asked } = await provider(letsIn(says));
    const api = await session('entries', [port]);
    const error = await api.add(1, 'k').then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Refused);
    expect(asked).toHaveLength(2);
  });
});
