/** What a URL of PostgreSQL says, with what libpq would take from its environment: TLS, and the password. */
import { readFileSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { hostIn, isLoopback } from '../../databases/wire/loopback.ts';
import type { PostgresAddress, Tls } from '../../databases/wire/postgres.ts';
import { BadInput, unreadText } from '../../harness/failure.ts';

const MODES: readonly Tls['mode'][] = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'];
const PARAMETERS = ['sslmode', 'sslrootcert'];

/** Throws `BadInput` where the URL says what is not known here. */
export function postgresAddress(url: URL): PostgresAddress {
  const stranger = [...url.searchParams.keys()].find((key) => !PARAMETERS.includes(key));
  if (stranger !== undefined)
    throw new BadInput(`the URL has ?${stranger}, of which nothing is known here: there are ${PARAMETERS.join(', ')}`);
  const host = hostIn(url);
  const port = Number(url.port || 5432);
  const user = decodeURIComponent(url.username) || userInfo().username;
  const database = decodeURIComponent(url.pathname.slice(1)) || user;
  const password = decodeURIComponent(url.password) || passwordIn([host, String(port), database, user]);
  return { host, port, user, database, tls: tlsOf(url, host), ...(password === undefined ? {} : { password }) };
}

/** Away from this machine nothing is trusted that is not proved, unless the URL says otherwise. */
function tlsOf({ searchParams }: URL, host: string): Tls {
  const given = searchParams.get('sslmode') ?? (isLoopback(host) ? 'prefer' : 'verify-full');
  const mode = MODES.find((one) => one === given);
  if (!mode) throw new BadInput(`sslmode takes ${MODES.join(', ')}, not "${given}"`);
  const file = searchParams.get('sslrootcert');
  if (file === null) return { mode };
  try {
    return { mode, ca: readFileSync(file, 'utf8') };
  } catch (error) {
    throw new BadInput(`sslrootcert: ${unreadText(file, error)}`);
  }
}

/** The password of ~/.pgpass, or PGPASSFILE: https://www.postgresql.org/docs/current/libpq-pgpass.html. */
function passwordIn(asked: readonly string[]): string | undefined {
  const file = process.env.PGPASSFILE ?? join(homedir(), '.pgpass');
  let lines: readonly string[];
  try {
    // libpq leaves a file alone that others can read, and so it is here.
    if ((statSync(file).mode & 0o077) !== 0) {
      process.emitWarning(`${file} is not read, as others can read it, too: chmod 600 ${file}`);
      return undefined;
    }
    lines = readFileSync(file, 'utf8').split('\n');
  } catch {
    return undefined;
  }
  for (const line of lines) {
    if (line.startsWith('#')) continue;
    const fields = [...line.matchAll(/((?:\\.|[^:\\])*)(?::|$)/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
    if (asked.every((one, at) => fields[at] === '*' || fields[at] === one)) return fields[asked.length];
  }
  return undefined;
}
