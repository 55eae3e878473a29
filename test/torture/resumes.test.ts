/** What was interrupted is not lost, and resumed ends as if nothing had been; a folder has one writer. */
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newPlace, type Place, splitbrain, start, until } from './commands.ts';
import { interrupted, undisturbed } from './interruptions.ts';
import { randomFrom } from './spoil.ts';

let place: Place;
let whole: Awaited<ReturnType<typeof undisturbed>>;
beforeAll(async () => {
  place = newPlace();
  whole = await undisturbed(1, place);
});
afterAll(() => place.remove());

it('searches keep what they found, whatever ended them, and resume', async () => {
  // `npm run torture` interrupts more of them.
  expect(whole.first).not.toEqual([]);
  const part = await interrupted(whole, randomFrom(1), place);
  expect(part.found, part.how).toEqual(expect.arrayContaining([...whole.first]));
  expect(part.resumed, part.how).toEqual({ code: 1, found: whole.found, runs: whole.runs });
});

it('of several that resume one campaign at once exactly one continues', async () => {
  const matrix = { systems: ['quorum/abd'], faults: ['crash'], cluster: 'simulation', time: '1s', seeds: 15 };
  writeFileSync(join(place.cwd, 'one.json'), JSON.stringify(matrix));
  const args = ['campaign', 'one.json', '--out', 'race', '--resume'];
  const dead = start(args, place);
  await until(() => existsSync(join(place.cwd, 'race', 'campaign.json')), 60_000);
  dead.kill('SIGKILL');
  await once(dead, 'exit');
  const ended = await Promise.all([1, 2, 3].map(() => splitbrain(args, place)));
  const refused = ended.filter(({ code }) => code === 254);
  for (const { stderr } of refused) expect(stderr).toMatch(/is being written to by process \d+/);
  // Those that came after the first was done find everything there.
  const went = ended.filter(({ code }) => code !== 254);
  expect(went.length, ended.map(({ stderr }) => stderr).join()).toBeGreaterThan(0);
  for (const { code, stderr } of went) expect([0, 2], stderr).toContain(code);
  expect(readdirSync(join(place.cwd, 'race')).filter((name) => name.endsWith('.pid'))).toEqual([]);
});

it('of several that take one folder at once exactly one holds it', async () => {
  const module = new URL('../../dist/harness/store/folder-lock.js', import.meta.url).href;
  const script = `
    const { takeFolder } = await import(${JSON.stringify(module)});
    while (Date.now() < Number(process.argv[1]));
    try { takeFolder('taken'); console.log('took'); await new Promise((wake) => setTimeout(wake, 1500)); process.kill(process.pid, 'SIGKILL'); }
    catch { console.log('refused'); }`;
  for (let round = 0; round < 4; round++) {
    // From the second round on a holder that was killed has left its file.
    const at = String(Date.now() + 1500);
    const said = await Promise.all(
      [1, 2, 3, 4].map(() =>
        execa(process.execPath, ['--input-type=module', '-e', script, at], { cwd: place.cwd, reject: false }),
      ),
    );
    expect(said.map(({ stdout }) => stdout).sort(), `round ${round}`).toEqual([
      'refused',
      'refused',
      'refused',
      'took',
    ]);
  }
});

it('a counterexample that is torn costs a search nothing', async () => {
  const [name] = whole.found;
  const file = join(place.cwd, 'torn', name!);
  await splitbrain(
    ['explore', '--system', 'quorum/no-write-back', '--runs', '1', '--seed', '1', '--corpus', 'torn'],
    place,
  );
  writeFileSync(file, '{"splitbrain":1,"says":');
  const args = ['explore', '--system', 'quorum/no-write-back', '--runs', String(whole.runs), '--seed', '1'];
  const { code, stderr } = await splitbrain([...args, '--corpus', 'torn', '--threads', '1'], place);
  expect(code, stderr).toBe(1);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('trace');
});
