/** An adapter that does everything right, of a small server of our own, and ways to do it wrong. */

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Register } from 'elle-ts';
import type { Command, Database, DatabaseSession, Host } from '../../../databases/database.ts';
import { Connection } from '../../../databases/wire/connection.ts';
import { Refused } from '../../../systems/node.ts';

const SERVER = fileURLToPath(new URL('./server.mjs', import.meta.url));

type Lines = Connection<string>;

const openLines = (port: number): Promise<Lines> =>
  Connection.open(port, (bytes) => {
    const end = bytes.indexOf('\n');
    return end < 0 ? undefined : { value: bytes.subarray(0, end).toString(), end: end + 1 };
  });

const numberIn = (line: string) => (line === 'null' ? null : Number(line));

function sessionOn(lines: Lines): DatabaseSession<Register> {
  return {
    close: () => lines.close(),
    api: {
      read: async (_, key = '') => numberIn(await lines.ask(`get ${key}\n`)),
      write: async (value, key = '') => {
        await lines.ask(`set ${key} ${value}\n`).then(definite);
        return null;
      },
    },
  };
}

/** What of the server's answers to a write is definite, and what is none. */
function definite(answer: string): void {
  if (answer === 'full' || answer === 'undone') throw new Refused(answer);
  if (answer !== 'ok') throw new Error(answer);
}

async function once(host: Host, line: string): Promise<string> {
  const lines = await openLines(host.port('client'));
  return lines.ask(line).finally(() => lines.close());
}

/** The server's process, with what it is told of the others. */
function server(host: Host, peers: (to: string) => number, script: readonly string[] = [SERVER]): Command {
  const others = host.nodes.filter((id) => id !== host.id).map(peers);
  return { program: 'node', args: [...script, host.port('client'), host.port('peer'), ...others] };
}

export const sound: Database<Register> = {
  name: 'small',
  datatype: 'register',
  without: ['cas'],
  claims: [],
  programs: { node: { version: ['--version'], places: [dirname(process.execPath)], install: 'install Node.js' } },
  ports: { client: 'clients', peer: 'peers' },
  noticesMs: 1500,
  readyMs: 60_000,
  commands: (host) => [server(host, (to) => host.link('peer', to))],
  async form(hosts) {
    for (const host of hosts) await once(host, 'get ?\n');
  },
  connect: async (host) => sessionOn(await openLines(host.port('client'))),
  primary: async ([first]) => first?.id,
  clock: async (host) => Number(await once(host, 'time\n')),
  staged: [
    { says: 'no space', to: 'set ', is: 'fail', response: () => 'full\n' },
    { says: 'a timeout of its own', to: 'set ', is: 'info', response: () => 'late\n' },
    { says: 'what was taken back', to: 'set ', is: 'fail', response: () => 'undone\n', looksDone: true },
  ],
};

/** The same with another session in place of the sound one. */
const session = (connect: Database<Register>['connect']): Database<Register> => ({ ...sound, connect });

/** The same where clients may turn to other nodes, too. */
const among = (connect: Database<Register>['connect']): Database<Register> => ({
  ...session(connect),
  ports: { client: 'peers', peer: 'peers' },
});

/** The same with another write. */
function writing(write: (lines: Lines, line: string, host: Host) => Promise<unknown>): Database<Register> {
  return session(async (host) => {
    const lines = await openLines(host.port('client'));
    const { close, api } = sessionOn(lines);
    return {
      close,
      api: {
        ...api,
        async write(value, key = '') {
          await write(lines, `set ${key} ${value}\n`, host);
          return null;
        },
      },
    };
  });
}

function refuse(error: unknown): never {
  throw new Refused(String(error));
}

/** Each with the check that must catch it, and what that says. */
export const bad: Readonly<
  Record<string, { readonly check: string; readonly says: RegExp; readonly is: Database<Register> }>
> = {
  'an executable that tells no version': {
    ...{ check: 'C1', says: /unknown version/ },
    is: { ...sound, programs: { node: { ...sound.programs.node!, version: ['--no-such-option'] } } },
  },
  'a node that takes no writes': {
    ...{ check: 'C2', says: /n2 took no write/ },
    is: {
      ...sound,
      readyMs: 5000,
      connect: (host) => (host.id === 'n2' ? Promise.reject(new Error('never')) : sound.connect(host)),
    },
  },
  'nodes that know each other by their own ports': {
    ...{ check: 'C3', says: /n\d -> n\d \(port \d+\)/ },
    is: { ...sound, commands: (host) => [server(host, (to) => portsOf.get(to) ?? host.link('peer', to))], prepare },
  },
  'a port that nobody uses': {
    ...{ check: 'C5', says: /nothing passed by gossip/ },
    is: { ...sound, ports: { ...sound.ports, gossip: 'peers' } },
  },
  'others that refuse once one is cut off': {
    ...{ check: 'C6', says: /no other node served/ },
    is: { ...sound, noticesMs: 500, connect: whileHeard },
  },
  'a session by an address that only nodes may use': {
    ...{ check: 'C4', says: /[1-9]\d* unknown/ },
    is: session(async (host) => {
      for (let i = 0; i < 5; i++)
        await openLines(host.advertised('peer')).then((lines) => lines.ask('?').catch(() => {}));
      return sound.connect(host);
    }),
  },
  'a node that is given up once it failed': {
    ...{ check: 'C7', says: /n1 did not serve/ },
    is: { ...sound, noticesMs: 1000, readyMs: 4000, ...givingUp() },
  },
  'a client that turns to another node, and says that it failed': {
    ...{ check: 'C9', says: /a write failed .* and is there/ },
    is: among(async (host) => {
      const own = await openLines(host.port('client')).catch(() => undefined);
      if (own) return sessionOn(own);
      const write = (value: number | string | boolean | null, key = '') =>
        openLines(host.link('client', host.nodes.find((id) => id !== host.id)!))
          .then((lines) => lines.ask(`set ${key} ${value}\n`).finally(() => lines.close()))
          .then(() => refuse('the node is down'));
      return { close() {}, api: { write } };
    }),
  },
  'a client that does not wait for a node that is paused': {
    ...{ check: 'C11', says: /a write failed .* and is there/ },
    is: writing((lines, line) => Promise.race([lines.ask(line), after(300)]).catch(refuse)),
  },
  'a client that says of every error that nothing happened': {
    ...{ check: 'C14b', says: /a write failed .* and is there/ },
    is: writing((lines, line) => lines.ask(line).catch(refuse)),
  },
  'a client that asks again': {
    ...{ check: 'C14b', says: /asked for 2 times/ },
    is: writing((lines, line, host) => lines.ask(line).catch(() => once(host, line))),
  },
  'a client that says that what nobody heard is open': {
    ...{ check: 'C14a', says: /info/ },
    is: session(async (host) => ({
      close() {},
      api: {
        write: () =>
          once(host, 'set k 1\n').then(
            () => null,
            () => Promise.reject(new Error('?')),
          ),
      },
    })),
  },
  'a timeout that is taken for a failure': {
    ...{ check: 'C14d', says: /a write failed .* and is there/ },
    is: writing((lines, line) => Promise.race([lines.ask(line), after(200)]).catch(refuse)),
  },
  'one connection for all sessions, which takes what comes first': {
    ...{ check: 'C14d', says: /no response had come|given the response that came late/ },
    is: writing(async (lines, line) => void lines.ask(line).catch(() => {})),
  },
  'every error of the server taken for a failure': {
    ...{ check: 'C14c', says: /a timeout of its own: fail .*, and not info/ },
    is: writing(async (lines, line) => {
      const answer = await lines.ask(line);
      if (answer !== 'ok') throw new Refused(answer);
    }),
  },
  'an error that is taken for an acknowledgement': {
    ...{ check: 'C14c', says: /no space: ok .*, and not fail/ },
    is: writing((lines, line) => lines.ask(line)),
  },
  'what was taken back taken for done': {
    ...{ check: 'C14e', says: /what was taken back: ok .*, and not fail/ },
    is: writing((lines, line) => lines.ask(line)),
  },
  'nothing that is ever asked for what is staged': {
    ...{ check: 'C14c', says: /no request of a write has "put" in it/ },
    is: { ...sound, staged: sound.staged!.map((one) => ({ ...one, to: 'put' })) },
  },
  'a second request that may refuse': {
    ...{ check: 'C14f', says: /request 2: a write failed .* and is there/ },
    is: writing(async (lines, line) => {
      await lines.ask(line);
      await lines.ask('get ?\n').catch(refuse);
    }),
  },
  'a write that is acknowledged before it is made': {
    ...{ check: 'C8', says: /acknowledged writes are missing/ },
    is: writing(async () => null),
  },
  'a memory that a crash empties on all nodes': {
    ...{ check: 'C10', says: /acknowledged writes are missing/ },
    is: sound,
  },
  'a clock that is another one': {
    ...{ check: 'C12', says: /0\.0 s/ },
    is: { ...sound, clock: async () => Date.now() },
  },
  'a leader that was the only one to be formed': {
    ...{ check: 'C16', says: /no other node served/ },
    is: { ...sound, noticesMs: 500, connect: (host) => (host.id === 'n1' ? sound.connect(host) : alive(host)) },
  },
};

/** Adapters may remember what they like. */
function givingUp(): Pick<Database<Register>, 'connect'> {
  let failed = false;
  return {
    connect: async (host) => {
      if (host.id === 'n1' && failed) throw new Refused('given up');
      return {
        close() {},
        api: {
          write: async (value, key = '') => {
            const lines = await openLines(host.link('peer', host.nodes.find((id) => id !== host.id)!));
            const heard = await Promise.race([lines.ask('hello\n'), after(1000)]).catch(() => undefined);
            lines.close();
            failed ||= heard === undefined;
            await once(host, `set ${key} ${value}\n`);
            return null;
          },
        },
      };
    },
  };
}

const portsOf = new Map<string, number>();

async function prepare(hosts: readonly Host[]): Promise<void> {
  for (const host of hosts) portsOf.set(host.id, host.port('peer'));
}

/** Whoever serves only while the first node does. */
async function alive(host: Host): Promise<DatabaseSession<Register>> {
  const first = await openLines(host.link('peer', 'n1'));
  const asked = first.ask('hello\n').finally(() => first.close());
  await Promise.race([asked, after(500)]);
  return sound.connect(host);
}

async function whileHeard(host: Host): Promise<DatabaseSession<Register>> {
  for (const other of host.nodes) {
    if (other === host.id) continue;
    const lines = await openLines(host.link('peer', other));
    await Promise.race([lines.ask('hello\n').finally(() => lines.close()), after(500)]);
  }
  return sound.connect(host);
}

function after(ms: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`nothing came within ${ms} ms`)), ms);
  });
}
