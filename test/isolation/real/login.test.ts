/** How PostgreSQL is logged in to, that poolers are recognised, and that a password is seen nowhere. */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Postgres, type PostgresAddress, type Tls } from '../../../databases/wire/postgres.ts';
import { Ports } from '../../../harness/clusters/databases/ports.ts';
import { userOf } from '../../../harness/clusters/databases/user.ts';
import { type Server, startServer } from '../../../isolation/servers.ts';
import { openPostgres, postgresKind } from '../../../isolation/stores/postgres.ts';
import { postgresAddress } from '../../../isolation/stores/postgres-url.ts';
import { isProgramMissing, isServerMissing, POSTGRES } from '../../databases/real/needs.ts';

const MAIN = fileURLToPath(new URL('../../../bin.mjs', import.meta.url));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(isServerMissing('postgres', { postgres: POSTGRES }))('PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'login-'));
  let server: Server;
  let url: URL;
  let address: PostgresAddress;

  beforeAll(async () => {
    const { uid, gid } = userOf();
    if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
    server = await startServer('postgres', { postgres: POSTGRES });
    url = new URL(server.url);
    address = postgresAddress(url);
  });
  afterAll(async () => {
    await server?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the server is asked for, as whoever started it. */
  async function asked(...statements: readonly string[]): Promise<void> {
    const sql = await Postgres.connect(address);
    for (const statement of statements) await sql.query(statement);
    sql.close();
  }

  /** Resolves to how the session came about. */
  async function login(changed: Partial<PostgresAddress>): Promise<string> {
    const sql = await Postgres.connect({ ...address, ...changed }, 5000);
    const { rows } = await sql.query('select current_user');
    sql.close();
    return `${rows[0]?.[0]}${sql.isEncrypted ? ' over TLS' : ''}`;
  }

  it('takes a password by SCRAM, and refuses a wrong one and none', async () => {
    expect(await login({})).toBe('postgres');
    await expect(login({ password: 'wrong' })).rejects.toThrow(/password authentication failed/);
    const { password: _, ...without } = address;
    await expect(Postgres.connect(without)).rejects.toThrow(/asks for a password/);
  });

  it('takes a password by MD5, and refuses a wrong one', async () => {
    await asked("set password_encryption = 'md5'", "create role old login password 'long ago'");
    const sql = await Postgres.connect(address);
    const { rows } = await sql.query("select current_setting('hba_file')");
    const lines = 'host all old 127.0.0.1/32 md5\nhost all all 127.0.0.1/32 scram-sha-256\n';
    await sql.query(`copy (select '${lines.trim().replace('\n', "' union all select '")}') to '${rows[0]?.[0]}'`);
    await sql.query('select pg_reload_conf()');
    sql.close();
    await pause(500);
    const old = { user: 'old', database: 'postgres' };
    expect(await login({ ...old, password: 'long ago' })).toBe('old');
    await expect(login({ ...old, password: 'now' })).rejects.toThrow(/password authentication failed/);
  });

  /** A certificate for this name, which the server's user can read. */
  function certificateFor(name: string): { readonly key: string; readonly certificate: string } {
    const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    execFileSync('openssl', ['req', ...kind, ...names, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const { uid, gid } = userOf();
    for (const file of [key, certificate]) if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
    return { key, certificate };
  }

  it.skipIf(isProgramMissing('openssl'))(
    'speaks TLS, and refuses a certificate that is not the right one',
    async () => {
      const required: Tls = { mode: 'require' };
      await expect(login({ tls: required })).rejects.toThrow(/the server has no TLS/);
      const own = certificateFor('localhost');
      const others = certificateFor('elsewhere.example');
      const files = [`ssl_cert_file = '${own.certificate}'`, `ssl_key_file = '${own.key}'`, 'ssl = on'];
      await asked(...files.map((setting) => `alter system set ${setting}`), 'select pg_reload_conf()');
      await pause(500);
      const tls = (mode: Tls['mode'], file: string): Tls => ({ mode, ca: readFileSync(file, 'utf8') });
      expect(await login({ tls: required })).toBe('postgres over TLS');
      expect(await login({ tls: { mode: 'prefer' } })).toBe('postgres over TLS');
      expect(await login({ host: 'localhost', tls: tls('verify-full', own.certificate) })).toBe('postgres over TLS');
      expect(await login({ tls: tls('verify-ca', own.certificate) })).toBe('postgres over TLS');
      // It is made out to localhost, and not to this address.
      await expect(login({ tls: tls('verify-full', own.certificate) })).rejects.toThrow(/no TLS with the server/);
      for (const mode of ['verify-ca', 'verify-full'] as const)
        await expect(login({ host: 'localhost', tls: tls(mode, others.certificate) })).rejects.toThrow(/no TLS/);
      await expect(login({ host: 'localhost', tls: { mode: 'verify-full' } })).rejects.toThrow(/no TLS/);
    },
  );

  it.skipIf(isProgramMissing('pgbouncer'))('recognises PgBouncer, in both of its modes', async () => {
    const direct = await openPostgres(address);
    expect(direct.notes).toEqual([]);
    await direct.close();
    for (const [mode, says] of [
      ['transaction', /a pooler that mixes sessions/],
      ['session', /a pooler stands in between/],
    ] as const) {
      const port = await new Ports().free();
      const place = join(folder, mode);
      mkdirSync(place);
      writeFileSync(join(place, 'users'), `"postgres" "${url.password}"\n`);
      const settings = [
        `listen_addr = 127.0.0.1`,
        `listen_port = ${port}`,
        'auth_type = scram-sha-256',
        `pool_mode = ${mode}`,
      ];
      const database = `[databases]\npostgres = host=127.0.0.1 port=${url.port}\n`;
      writeFileSync(
        join(place, 'ini'),
        `${database}[pgbouncer]\n${settings.join('\n')}\nauth_file = ${place}/users\nunix_socket_dir =\n`,
      );
      const bouncer = spawn('pgbouncer', [join(place, 'ini')], {
        stdio: 'ignore',
        env: { PATH: '/usr/sbin:/usr/bin' },
        ...userOf(),
      });
      try {
        let store: Awaited<ReturnType<typeof openPostgres>> | undefined;
        for (let tries = 0; !store && tries < 50; tries++) {
          await pause(100);
          store = await openPostgres({ ...address, port }).catch(() => undefined);
        }
        expect(store?.notes.join()).toMatch(says);
        await store?.close();
      } finally {
        bouncer.kill('SIGKILL');
      }
    }
  });

  /** Starts the command with the URL in its environment. */
  function started(...args: readonly string[]) {
    const env = { ...process.env, SPLITBRAIN_URL: server.url };
    const child = spawn(process.execPath, [MAIN, 'isolation', ...args], { env, cwd: folder });
    let text = '';
    const take = (data: Buffer): void => {
      text += data.toString();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
    return { child, ended, text: () => text };
  }

  it('shows the password to nobody: not in the process list, nor in what it writes', async () => {
    const { ended, text } = started('--level', 'read committed', '--time', '500ms', '--json', '--page', 'page.html');
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    let looked = 0;
    while (!isOver) {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        const line = commandLineOf(pid);
        if (line.includes('isolation')) looked++;
        expect(line).not.toContain(url.password);
      }
      await pause(50);
    }
    expect(await ended).toBe(0);
    expect(looked).toBeGreaterThan(10);
    expect(JSON.parse(text())).toMatchObject({ isolation: 1, levels: [{ name: 'read committed' }] });
    expect(text()).not.toContain(url.password);
    expect(readFileSync(join(folder, 'page.html'), 'utf8')).not.toContain(url.password);
  });

  it('leaves nothing after --clean where it was killed, and nothing at all where it was interrupted', async () => {
    const killed = started('--time', '60s');
    const schemas = async () => {
      const sql = await Postgres.connect(address);
      const { rows } = await sql.query("select nspname from pg_namespace where nspname like 'splitbrain%'");
      sql.close();
      return rows.length;
    };
    while ((await schemas()) === 0) await pause(50);
    expect(await postgresKind.clean(url)).toEqual([]);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(await schemas()).toBe(1);
    // The server notices that nobody is there any more when it next writes to them.
    for (let tries = 0; tries < 50 && (await schemas()) > 0; tries++) {
      await pause(100);
      await postgresKind.clean(url);
    }
    expect(await schemas()).toBe(0);
    const interrupted = started('--time', '60s');
    while ((await schemas()) === 0) await pause(50);
    await pause(500);
    interrupted.child.kill('SIGINT');
    expect(await interrupted.ended).toBe(2);
    expect(interrupted.text()).toMatch(/interrupted/);
    expect(await schemas()).toBe(0);
  });

  it('refuses what it cannot do with 254 and a sentence', async () => {
    const refusals: readonly (readonly [args: readonly string[], says: RegExp])[] = [
      [['postgres://me:secret@127.0.0.1/mine'], /everybody on this machine can read a password/],
      [['postgres://me@db.example.com/mine'], /db.example.com is not this machine.*--yes/],
      [['oracle://127.0.0.1/'], /a URL begins with/],
      [['nonsense'], /that is no URL/],
      [['--connections', '2'], /--connections takes 4 to 64/],
      [['--claim', 'serializable'], /--claim takes LEVEL=MODEL/],
      [['--claim', 'serializable=perfect'], /no consistency model is called perfect/],
      [['--level', 'serialisable'], /did you mean serializable/],
      [['--expect', 'nowhere.json'], /there is no file/],
    ];
    await Promise.all(
      refusals.map(async ([args, says]) => {
        const { ended, text } = started(...args);
        expect(await ended, args.join(' ')).toBe(254);
        expect(text()).toMatch(says);
        expect(text()).not.toMatch(/secret|\bat .*\.js/);
      }),
    );
  });
});

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
