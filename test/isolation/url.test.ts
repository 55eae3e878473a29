import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isLoopback } from '../../databases/wire/loopback.ts';
import { postgresAddress } from '../../isolation/stores/postgres-url.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgpass-'));
  vi.stubEnv('PGPASSFILE', join(folder, 'pgpass'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const of = (url: string) => postgresAddress(new URL(url));

function pgpass(lines: string, mode = 0o600): void {
  writeFileSync(join(folder, 'pgpass'), lines);
  chmodSync(join(folder, 'pgpass'), mode);
}

it('reads who asks, where, and for what', () => {
  expect(of('postgres://a%40b:p%3Aw@[::1]:6000/db')).toEqual({
    ...{ host: '::1', port: 6000, user: 'a@b', database: 'db', password: 'p:w', tls: { mode: 'prefer' } },
  });
  expect(of('postgresql://me@127.0.0.1')).toMatchObject({ port: 5432, user: 'me', database: 'me' });
});

it('trusts nothing away from this machine that is not proved, unless it is told to', () => {
  expect(of('postgres://me@db.example.com/x').tls).toEqual({ mode: 'verify-full' });
  expect(of('postgres://me@db.example.com/x?sslmode=require').tls).toEqual({ mode: 'require' });
});

it('takes the password from .pgpass: the first line that fits', () => {
  pgpass('# mine\nhost:5432:db:me:one\n*:5433:*:me:t\\:w\\\\o\n*:*:*:*:three\n');
  expect(of('postgres://me@host:5432/db').password).toBe('one');
  expect(of('postgres://me@host:5433/other').password).toBe('t:w\\o');
  expect(of('postgres://you@host:5432/db').password).toBe('three');
  expect(of('postgres://me:own@host:5432/db').password).toBe('own');
});

it('leaves a .pgpass alone that others can read, as libpq does', () => {
  pgpass('*:*:*:*:open\n', 0o644);
  expect(of('postgres://me@host/db').password).toBeUndefined();
});

it.each([
  ['postgres://me@host/db?sslmode=perhaps', /sslmode takes disable, prefer/],
  ['postgres://me@host/db?sslrootcert=/nowhere.pem', /sslrootcert: there is no file/],
  ['postgres://me@host/db?options=x', /\?options, of which nothing is known/],
])('refuses %s', (url, says) => {
  expect(() => of(url)).toThrow(says);
});

it.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['[::1]', true],
  ['[::2]', false],
  ['127.0.0.1.example.com', false],
  ['localhost.example.com', false],
  ['127.example.com', false],
  ['10.0.0.1', false],
])('%s is this machine: %s', (host, is) => {
  expect(isLoopback(host)).toBe(is);
});
