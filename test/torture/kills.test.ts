/** Commands that are killed at random moments leave no process, no folder and no torn file. */
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { descendantsOf } from '../../harness/clusters/children/process-tree.ts';
import { commandOf, newPlace, type Place, processesIn, splitbrain, start, until } from './commands.ts';
import { COMMANDS, killed, prepared, timeOf } from './kills.ts';
import { randomFrom } from './spoil.ts';

let files: Place;
beforeAll(async () => {
  files = await prepared();
});
afterAll(() => files.remove());

/** The rest comes with `npm run torture`: these start nodes, or write what is resumed. */
const SHORT = ['run, processes', 'campaign, processes', 'campaign, simulated', 'explore', 'serve'];

it.each(SHORT)('%s', async (command) => {
  expect(Object.keys(COMMANDS)).toContain(command);
  const tookMs = await timeOf(command, files);
  expect(await killed(command, files, tookMs, randomFrom(1))).toEqual([]);
});

const DETACHED = `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
export const own = {
  name: 'own', datatype: 'register', without: ['cas'], claims: [],
  start: () => {
    const sleeper = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
    sleeper.unref();
    writeFileSync(process.cwd() + '/sleeper-' + sleeper.pid, '');
    return { state: {}, api: { read: async () => null, write: async () => null } };
  },
};`;

/** A run with nodes that start children of their own, in sessions of their own. */
async function detaching(
  place: Place,
): Promise<{ readonly pid: number; readonly over: Promise<unknown>; said(): string }> {
  writeFileSync(join(place.cwd, 'detached.mjs'), DETACHED);
  const harness = start(
    ['run', '--system', './detached.mjs#own', '--faults', 'none', '--time', '60s', '--out', 'r'],
    place,
  );
  let said = '';
  harness.stderr?.on('data', (chunk) => {
    said += String(chunk);
  });
  harness.stdout?.resume();
  const over = once(harness, 'close');
  await until(() => sleepersIn(place).length === 3, 60_000);
  return { pid: harness.pid!, over, said: () => said };
}

const sleepersIn = (place: Place) => readdirSync(place.cwd).filter((name) => name.startsWith('sleeper-'));
const alive = (place: Place) =>
  sleepersIn(place)
    .map((name) => Number(name.slice('sleeper-'.length)))
    .filter(isAlive);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

it('children of nodes that went into sessions of their own end with the run', async () => {
  const place = newPlace();
  try {
    const { pid, over } = await detaching(place);
    process.kill(pid, 'SIGKILL');
    await over;
    expect(await until(() => alive(place).length === 0 && processesIn(place).length === 0, 20_000)).toBe(true);
    expect(readdirSync(place.temporary)).toEqual([]);
  } finally {
    place.remove();
  }
});

it('a watchdog that is killed is noticed, and with both killed the next command cleans up', async () => {
  const place = newPlace();
  try {
    const { pid, over, said } = await detaching(place);
    const watchdogs = () => descendantsOf(pid).filter((one) => isWatchdog(one));
    const [first] = watchdogs();
    process.kill(first!, 'SIGKILL');
    await until(() => watchdogs().some((one) => one !== first) && said().includes('watchdog'), 20_000);
    expect(said()).toMatch(/note: the watchdog was ended \(SIGKILL\): another one watches now/);
    const [second] = watchdogs();
    process.kill(pid, 'SIGSTOP');
    process.kill(second!, 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    await over;
    // Our own children notice that their line is gone; what detached itself cannot. (A command of another test that
    // begins just now may end it, too.)
    expect(await until(() => processesIn(place).every((one) => alive(place).includes(one)), 20_000)).toBe(true);
    const next = await splitbrain(['run', '--system', 'quorum/abd', '--cluster', 'simulation', '--time', '1s'], place);
    expect([0, 2]).toContain(next.code);
    // What was killed is gone once whoever inherited it has noticed.
    expect(await until(() => alive(place).length === 0, 20_000)).toBe(true);
    expect(readdirSync(place.temporary)).toEqual([]);
  } finally {
    place.remove();
  }
});

function isWatchdog(pid: number): boolean {
  return commandOf(pid).includes(join('bundle', 'watchdog.js'));
}
