/** The file system that loses power, against a slow model of what must be left; what a run leaves of it when killed. */
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startGuard } from '../../../harness/clusters/children/guard.ts';
import { PowerDisk, powerFsWorks } from '../../../harness/clusters/children/power-fs.ts';
import { allProcesses, descendantsOf } from '../../../harness/clusters/children/process-tree.ts';
import { isMissing, lacks } from './needs.ts';

const MAIN = fileURLToPath(new URL('../../../bin.mjs', import.meta.url));
const folder = fs.mkdtempSync(join(tmpdir(), 'power-'));
const guard = startGuard();
guard.remove(folder);
/** A place that a plain user may write to. */
const home = join(folder, 'home');
fs.mkdirSync(home);
fs.chmodSync(folder, 0o711);
fs.chmodSync(home, 0o777);
afterAll(async () => {
  await guard.end();
  fs.rmSync(folder, { recursive: true, force: true });
});
const works = powerFsWorks();
if (works !== true) console.warn(`SKIPPED: ${works}`);

let disks = 0;
const open: PowerDisk[] = [];
afterEach(async () => {
  for (const disk of open.splice(0)) await disk.unmount();
});
async function newDisk(): Promise<{ readonly disk: PowerDisk; readonly at: string }> {
  const at = join(folder, `at${++disks}`);
  fs.mkdirSync(at);
  const disk = new PowerDisk(join(folder, `backing${disks}`), at, {}, guard);
  await disk.make();
  open.push(disk);
  return { disk, at: `${disk.root}${at}` };
}

/** What a disk holds: names, each with the number of its file, and the files' bytes. */
interface State {
  readonly names: Map<string, number>;
  readonly files: Map<number, string>;
}

const NAMES = ['a', 'b', 'd/a'];
const name = fc.constantFrom(...NAMES);
const operation = fc.oneof(
  fc.record({
    f: fc.constant('write' as const),
    name,
    at: fc.nat(9000),
    bytes: fc.string({ unit: 'grapheme-ascii', maxLength: 5000 }),
  }),
  fc.record({
    f: fc.constant('append' as const),
    name,
    bytes: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 }),
  }),
  fc.record({ f: fc.constant('truncate' as const), name, to: fc.nat(6000) }),
  fc.record({ f: fc.constant('remove' as const), name }),
  fc.record({ f: fc.constant('rename' as const), name, to: name }),
  fc.record({ f: fc.constant('sync' as const), name }),
  fc.record({ f: fc.constant('sync folder' as const) }),
  fc.record({ f: fc.constant('fail' as const) }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** The obvious way: two whole copies, of what is there and of what is durable. */
class Model {
  live: State = { names: new Map(), files: new Map() };
  durable: State = { names: new Map(), files: new Map() };
  private numbered = 0;

  has(one: string): boolean {
    return this.live.names.has(one);
  }

  do(op: Operation): void {
    const { live, durable } = this;
    const number = 'name' in op ? live.names.get(op.name) : undefined;
    const text = live.files.get(number ?? -1) ?? '';
    if (op.f === 'write' || op.f === 'append') {
      const at = op.f === 'write' ? op.at : text.length;
      const own = number ?? ++this.numbered;
      live.names.set(op.name, own);
      // A write of nothing leaves a file as long as it is.
      const end =
        op.bytes.length === 0 ? text : text.padEnd(at, '\0').slice(0, at) + op.bytes + text.slice(at + op.bytes.length);
      live.files.set(own, end);
    } else if (op.f === 'truncate') live.files.set(number!, text.slice(0, op.to).padEnd(op.to, '\0'));
    else if (op.f === 'remove') live.names.delete(op.name);
    else if (op.f === 'rename') {
      live.names.delete(op.name);
      live.names.set(op.to, number!);
    } else if (op.f === 'fail')
      this.live = copyOf({
        names: durable.names,
        files: new Map([...durable.names.values()].map((one) => [one, durable.files.get(one) ?? ''])),
      });
    else {
      if (op.f === 'sync') durable.files.set(number!, text);
      durable.names.clear();
      for (const [one, own] of live.names) durable.names.set(one, own);
    }
  }
}

const copyOf = ({ names, files }: State): State => ({ names: new Map(names), files: new Map(files) });

async function perform(op: Operation, at: string, disk: PowerDisk): Promise<void> {
  const path = 'name' in op ? join(at, op.name) : at;
  if (op.f === 'fail') return disk.restore();
  if (op.f === 'remove') return fs.unlinkSync(path);
  if (op.f === 'rename') return fs.renameSync(path, join(at, op.to));
  if (op.f === 'truncate') return fs.truncateSync(path, op.to);
  const file = fs.openSync(
    path,
    op.f === 'sync folder' ? 'r' : op.f === 'append' ? 'a' : fs.existsSync(path) ? 'r+' : 'w+',
  );
  if (op.f === 'write') fs.writeSync(file, op.bytes, op.at);
  else if (op.f === 'append') fs.writeSync(file, op.bytes);
  else fs.fsyncSync(file);
  fs.closeSync(file);
}

function seenAt(at: string): ReadonlyMap<string, string> {
  return new Map(
    NAMES.filter((one) => fs.existsSync(join(at, one))).map((one) => [one, fs.readFileSync(join(at, one), 'latin1')]),
  );
}

describe.runIf(works === true)('a file system that loses power', () => {
  it('has what was synced and nothing else, as a model of whole copies says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 40 }), async (ops) => {
        const { disk, at } = await newDisk();
        fs.mkdirSync(join(at, 'd'));
        await disk.sync();
        const model = new Model();
        for (const op of [...ops, { f: 'fail' as const }]) {
          if ('name' in op && op.f !== 'write' && op.f !== 'append' && !model.has(op.name)) continue;
          if (op.f === 'rename' && op.name === op.to) continue;
          await perform(op, at, disk);
          model.do(op);
          const { names, files } = model.live;
          const wanted = new Map(NAMES.filter((one) => names.has(one)).map((one) => [one, files.get(names.get(one)!)]));
          expect(seenAt(at)).toEqual(wanted);
        }
        await disk.unmount();
        open.splice(open.indexOf(disk), 1);
      }),
      { numRuns: 20, seed: 18 },
    );
  });

  it('tears what was not synced by pages, as its seed says, and nothing that was', async () => {
    const { disk, at } = await newDisk();
    const path = join(at, 'file');
    const file = fs.openSync(path, 'w+');
    fs.writeSync(file, 'o'.repeat(40 * 4096));
    fs.fsyncSync(file);
    fs.writeSync(file, 'n'.repeat(39 * 4096), 0);
    await disk.tear(7);
    fs.closeSync(file);
    const pages = (fs.readFileSync(path, 'latin1').match(/.{4096}/gs) ?? []) as string[];
    for (const page of pages) expect(new Set(page).size).toBe(1);
    expect(pages).toHaveLength(40);
    expect(pages[39]![0]).toBe('o');
    expect(new Set(pages.slice(0, 39).map((page) => page[0]))).toEqual(new Set(['o', 'n']));
  });
});

const write = (path: string) => fs.writeFileSync(path, 'x');
function synced(path: string): void {
  const file = fs.openSync(path, 'a');
  try {
    fs.writeSync(file, 'y');
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

describe.runIf(works === true)('a file system that is told to be bad', () => {
  it('lets syncs fail, so many of them, and counts these alone', async () => {
    const { disk, at } = await newDisk();
    await disk.misbehave('io-error', 0.5, 1);
    const failed = Array.from({ length: 60 }, () => {
      try {
        synced(join(at, 'file'));
        return '';
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
    }).filter((code) => code !== '');
    expect(new Set(failed)).toEqual(new Set(['EIO']));
    expect(failed.length).toBeGreaterThan(15);
    expect(failed.length).toBeLessThan(45);
    expect(await disk.hits()).toBe(failed.length);
    await disk.behave();
    for (let i = 0; i < 10; i++) synced(join(at, 'file'));
  });

  it('says that it synced what the next failure of power takes, and not what it synced before', async () => {
    const { disk, at } = await newDisk();
    synced(join(at, 'before'));
    await disk.misbehave('lose', 1, 1);
    synced(join(at, 'before'));
    synced(join(at, 'lied'));
    expect(await disk.hits()).toBe(2);
    await disk.restore();
    expect([fs.readdirSync(at), fs.readFileSync(join(at, 'before'), 'utf8')]).toEqual([['before'], 'y']);
    await disk.behave();
    synced(join(at, 'after'));
    await disk.restore();
    expect(fs.readdirSync(at).sort()).toEqual(['after', 'before']);
  });

  it('takes long to sync, and does what else it is asked meanwhile', async () => {
    const { disk, at } = await newDisk();
    write(join(at, 'other'));
    await disk.misbehave('slow', 1, 1);
    const began = performance.now();
    // Its handle is another thread's: this one is free.
    const file = await fs.promises.open(join(at, 'file'), 'w');
    const slow = file.sync();
    await new Promise((resolve) => setTimeout(resolve, 20));
    fs.readFileSync(join(at, 'other'));
    const readMs = performance.now() - began;
    await slow;
    expect(performance.now() - began).toBeGreaterThan(199);
    expect(readMs).toBeLessThan(150);
    await file.close();
    expect(await disk.hits()).toBe(1);
  });

  it('refuses what needs space while it is full, and nothing else', async () => {
    const { disk, at } = await newDisk();
    const path = join(at, 'file');
    fs.writeFileSync(path, 'a'.repeat(100));
    await disk.misbehave('full', 1, 1);
    const code = (act: () => unknown) => {
      try {
        act();
        return '';
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
    };
    const refused = [
      () => fs.appendFileSync(path, 'b'),
      () => write(join(at, 'new')),
      () => fs.mkdirSync(join(at, 'folder')),
      () => fs.symlinkSync('file', join(at, 'link')),
    ];
    expect(refused.map(code)).toEqual(refused.map(() => 'ENOSPC'));
    expect(await disk.hits()).toBe(4);
    const file = fs.openSync(path, 'r+');
    fs.writeSync(file, 'c', 5);
    fs.closeSync(file);
    fs.renameSync(path, join(at, 'renamed'));
    fs.unlinkSync(join(at, 'renamed'));
    expect([fs.statfsSync(at).bavail, fs.readdirSync(at)]).toEqual([0, []]);
    await disk.behave();
    for (const act of [() => write(path), ...refused]) act();
  });

  it('hands on other bytes than were written, one for each read', async () => {
    const { disk, at } = await newDisk();
    const path = join(at, 'file');
    fs.writeFileSync(path, 'a'.repeat(3000));
    await disk.misbehave('corrupt', 1, 1);
    const read = fs.readFileSync(path, 'latin1');
    expect([read.length, read.replaceAll('a', '').length]).toEqual([3000, 1]);
    expect(await disk.hits()).toBe(1);
  });
});

describe.runIf(works === true && !isMissing('redis/sentinel-set') && !lacks('ip', 'nft'))(
  'a run that is killed',
  () => {
    it('with its watchdog leaves neither mounts nor namespaces nor processes, once the next command was made', async () => {
      const run = [
        'run',
        '--system',
        'redis/sentinel-set',
        '--faults',
        'power-all',
        '--network',
        'namespaces',
        '--disk',
        'fuse',
      ];
      const options = ['--time', '60s', '--rate', '20', '--out', join(folder, 'out')];
      const harness = spawn(process.execPath, [MAIN, ...run, ...options], { stdio: 'ignore' });
      const history = join(folder, 'out/history.jsonl');
      while (!fs.existsSync(history) || fs.statSync(history).size === 0)
        await new Promise((resolve) => setTimeout(resolve, 100));
      const below = descendantsOf(harness.pid!);
      expect(below.length).toBeGreaterThan(10);
      for (const pid of [harness.pid!, ...below.filter(isWatchdog)]) process.kill(pid, 'SIGKILL');
      const alive = () => allProcesses().filter(({ pid }) => below.includes(pid)).length;
      for (let tries = 0; alive() > 0 && tries < 20; tries++) {
        spawnSync(process.execPath, [MAIN, 'doctor', '--json']);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      expect(alive()).toBe(0);
      expect(fs.readFileSync('/proc/self/mounts', 'utf8')).not.toContain(`-${harness.pid}-`);
      expect(fs.readdirSync(tmpdir()).filter((one) => one.includes(`-${harness.pid}-`))).toEqual([]);
      expect(spawnSync('ip', ['-o', 'link'], { encoding: 'utf8' }).stdout).not.toMatch(/splitbrain|v\d+@/);
    });
  },
);

/** Root lends a plain user a /dev/fuse for everybody, as most distributions have it, or none. */
function asNobody(mode: string, args: readonly string[]) {
  const lend = `mknod "$0" c 10 229 && chmod ${mode} "$0" && mount --bind "$0" /dev/fuse && rm "$0" && exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"`;
  const all = ['-m', 'sh', '-c', lend, join(folder, `fuse-${mode}`), process.execPath, MAIN, ...args];
  return spawnSync('unshare', all, {
    encoding: 'utf8',
    env: { ...process.env, HOME: home, XDG_CACHE_HOME: home },
    cwd: '/',
  });
}

describe.runIf(process.getuid?.() === 0 && works === true && !isMissing('redis/sentinel-set-fsync'))(
  'a plain user',
  () => {
    const run = [
      'run',
      '--system',
      'redis/sentinel-set-fsync',
      '--faults',
      'power-all',
      '--mix',
      'add=1',
      '--time',
      '6s',
    ];
    const power = [
      '--rate',
      '60',
      '--fault-every',
      '2s',
      '--fault-for',
      '500ms',
      '--quiet',
      '1s',
      '--seed',
      '1',
      '--json',
    ];

    it('loses nothing that was synced when power fails, without root', () => {
      const { status, stdout, stderr } = asNobody('666', [...run, ...power, '--out', join(home, 'out')]);
      expect(status, stderr).toBeLessThan(3);
      const { verdict, says, faults } = JSON.parse(stdout) as {
        readonly verdict: string;
        readonly says: string;
        readonly faults: readonly object[];
      };
      expect(verdict, says).not.toBe('invalid');
      expect(faults.length).toBeGreaterThan(0);
    });

    it('is told what keeps power from failing', () => {
      const { status, stderr } = asNobody('600', [...run, ...power, '--out', join(home, 'none')]);
      expect(stderr).toMatch(
        /this user is not root.*needs \/dev\/fuse for everybody, and root or user namespaces: \/dev\/fuse: Permission denied/,
      );
      expect(status).toBe(254);
    });
  },
);

function isWatchdog(pid: number): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('watchdog');
  } catch {
    return false;
  }
}
