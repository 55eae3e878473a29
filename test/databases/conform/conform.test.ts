/** Each check of conformance catches an adapter that is wrong in its way, and lets a sound one pass. */
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../../databases/database.ts';
import { conform } from '../../../harness/clusters/databases/conform/conform.ts';
import { nothingIsLeft } from '../../../harness/clusters/databases/conform/leftovers.ts';
import { CHECKS, type CheckId, checksNamed, type Line } from '../../../harness/clusters/databases/conform/line.ts';
import { bad, sound } from './adapters.ts';

function linesOf(database: Database, wanted: readonly CheckId[]): Promise<readonly Line[]> {
  return conform({
    ...{ database, wanted, tell: () => {}, runCommand: [process.execPath, '-e', '0'] },
    healthyRun: async () => ({ verdict: 'valid', says: '' }),
  });
}

/** A run that starts a process which nobody ends. */
const LEAVING = `
  const { readlinkSync } = require('node:fs');
  const space = /\\d+/.exec(readlinkSync('/proc/self/ns/pid'))[0];
  // Without the time of a start nobody else takes it for what a harness left.
  const env = { ...process.env, SPLITBRAIN_RUN: space + '-' + process.pid + '--test' };
  require('node:child_process').spawn('sleep', ['600'], { detached: true, stdio: 'ignore', env });
  setTimeout(() => {}, 600000);
`;

/** A run whose watchdog is known as one only after a moment, as between fork and exec, and does its work then. */
const LATE_WATCHDOG = `
  const { spawn } = require('node:child_process');
  const node = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  const kills = 'read line; kill -KILL ' + node.pid;
  const late = 'sleep 0.5; exec bash -c "' + kills + '" watch""dog';
  spawn('bash', ['-c', late], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  setTimeout(() => {}, 600000);
`;

const anyDatabase = sound as unknown as Database;
describe.runIf(process.platform === 'linux')('conform', () => {
  it('lets a sound adapter pass', async () => {
    const wanted = (Object.keys(CHECKS) as CheckId[]).filter((id) => !['C10', 'C13'].includes(id));
    const lines = await linesOf(anyDatabase, wanted);
    expect(lines.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    expect(lines.map(({ id }) => id).sort()).toEqual([...wanted].sort());
    expect(lines.filter(({ verdict }) => verdict === 'skipped')).toEqual([]);
  });

  it.each(Object.entries(bad))('catches %s', async (_, { check, says, is }) => {
    const lines = await linesOf(is as unknown as Database, [check as CheckId]);
    const line = lines.find(({ id }) => id === check);
    expect(line?.detail).toMatch(says);
    expect(line?.verdict).toBe('failed');
  });

  it('has an adapter that it catches for each check that can fail here', () => {
    const caught = new Set(Object.values(bad).map(({ check }) => check));
    expect(Object.keys(CHECKS).filter((id) => !caught.has(id))).toEqual(['C13', 'C15']);
  });

  it('catches what is left: a process that nobody ends, and one that listens on', async () => {
    const stopped = { mark: 'none', folder: '/nowhere', ports: [] };
    const left = await nothingIsLeft(stopped, [process.execPath, '-e', LEAVING], 60_000);
    expect([left.verdict, left.detail]).toEqual(['failed', '1 of 1 processes are left after the harness was killed']);
    const child = spawn(process.execPath, [
      '-e',
      "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))",
    ]);
    const port = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
    const listens = await nothingIsLeft({ ...stopped, ports: [port] }, [process.execPath, '-e', '0'], 1000);
    child.kill('SIGKILL');
    expect(listens.detail).toBe(`something listens on port ${port} after the run was stopped`);
  });

  it('does not take a watchdog for a node that is just being started', async () => {
    const stopped = { mark: 'none', folder: '/nowhere', ports: [] };
    const line = await nothingIsLeft(stopped, [process.execPath, '-e', LATE_WATCHDOG], 60_000);
    expect([line.verdict, line.detail]).toEqual(['passed', '1 paused processes ended after kill -9']);
  });

  it('catches a healthy run that is not valid', async () => {
    const database = { ...anyDatabase };
    const lines = await conform({
      ...{ database, wanted: ['C15'], tell: () => {}, runCommand: [process.execPath] },
      healthyRun: async () => ({ verdict: 'unknown', says: 'nothing was called' }),
    });
    expect(lines).toEqual([{ id: 'C15', verdict: 'failed', detail: 'unknown: nothing was called' }]);
  });

  it('knows its checks by name, those of C14 together', () => {
    expect(checksNamed(['C1', 'C14'])).toEqual(['C1', 'C14a', 'C14b', 'C14c', 'C14d', 'C14e', 'C14f']);
    expect(checksNamed(['C99'])).toBe('C99');
    expect(checksNamed([])).toEqual(Object.keys(CHECKS));
  });
});
