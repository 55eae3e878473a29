/**
 * What `check` is given: folders and archives of other tools,
 * several files that are one history, names, and files that mean ill.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tarOf, zipOf } from './archives.ts';

const MAIN = new URL('../../bin.mjs', import.meta.url).pathname;

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'splitbrain-input-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), content);
  }
}

/** Tells at the end how much memory the process took at most, in megabytes. */
const MEASURE = `
const { readFileSync, writeSync } = require('node:fs');
process.on('exit', () => writeSync(3, String(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1] / 1000)));
`;

/** Runs `check --json`; what it said of each history, and how much memory it took in megabytes. */
function check(args: readonly string[], input: string | Buffer = '') {
  write({ 'measure.cjs': MEASURE });
  const run = ['--require', at('measure.cjs'), MAIN, 'check', '--json', ...args];
  const { status, stdout, stderr, output } = spawnSync(process.execPath, run, {
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    // Ends a child that hangs.
    timeout: 600_000,
  });
  const histories = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown> & { readonly file: string });
  return { status, stderr, histories, files: histories.map(({ file }) => file), megabytes: Number(output[3]) };
}

const EDN = `{:process 0, :type :invoke, :f :write, :value 1}
{:process 0, :type :ok, :f :write, :value 1}
{:process 1, :type :invoke, :f :read, :value nil}
{:process 1, :type :ok, :f :read, :value 1}
`;
const WRONG = EDN.replace(/1\}\n$/, '7}\n');
const TEST = {
  'history.edn': EDN,
  'history.txt': '0\t:invoke\t:write\t1\n',
  'results.edn': '{:valid? true, :f 1}',
  'test.edn': '{:name "x"}',
  'jepsen.log': '2026-01-01 INFO starting',
  'test.jepsen': Buffer.from('JEPSEN\0\0\0\u0001'),
  'n1/etcd.log': 'started',
};
const below = (prefix: string, files: Readonly<Record<string, string | Buffer>>): Record<string, string | Buffer> =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [`${prefix}/${name}`, content]));

describe("Jepsen's store", () => {
  it('is judged by the history of each test, once, and everything else is named as skipped', () => {
    write({
      ...below('store/etcd/20260101', TEST),
      ...below('store/etcd/20260102', { ...TEST, 'history.edn': WRONG }),
    });
    symlinkSync(at('store/etcd/20260102'), at('store/latest'));
    symlinkSync(at('store/etcd/20260102'), at('store/etcd/latest'));
    const { status, files, stderr } = check([at('store')]);
    expect(files).toEqual([at('store/etcd/20260101/history.edn'), at('store/etcd/20260102/history.edn')]);
    expect(status).toBe(1);
    for (const name of ['results.edn', 'test.edn', 'jepsen.log', 'history.txt', 'test.jepsen', 'n1/'])
      expect(stderr).toContain(at(`store/etcd/20260101/${name}`));
    expect(check([at('store/latest')])).toMatchObject({ status: 1, files: [at('store/latest/history.edn')] });
  });

  it('may have its histories gzipped, as text alone, or lost', () => {
    const { 'history.edn': _, 'history.txt': __, ...rest } = TEST;
    const txt = '0\t:invoke\t:write\t1\n0\t:ok\t:write\t1\n:nemesis\t:info\t:start\tnil\n';
    write({
      ...below('gz', { ...rest, 'history.edn.gz': gzipSync(EDN) }),
      ...below('txt', { ...rest, 'history.txt': txt }),
      ...below('lost', rest),
    });
    expect(check([at('gz')])).toMatchObject({ status: 0, histories: [{ valid: true, count: 2 }] });
    expect(check([at('txt')])).toMatchObject({ status: 0, histories: [{ valid: true, count: 1 }] });
    expect(check([at('lost')])).toMatchObject({
      status: 255,
      histories: [{ file: at('lost'), error: expect.stringContaining('no history.edn') }],
    });
    expect(check([at('lost/test.jepsen')]).histories).toMatchObject([
      { error: expect.stringMatching(/Jepsen's binary format.*history\.edn/) },
    ]);
  });

  it('is the same in a zip file and in a tar file, also gzipped, on disk and on standard input', () => {
    const files = { ...below('store/etcd/1', TEST), ...below(`store/${'long/'.repeat(30)}2`, TEST) };
    write({ 's.zip': zipOf(files), 's.tar': tarOf(files), 's.tgz': gzipSync(tarOf(files)) });
    for (const name of ['s.zip', 's.tar', 's.tgz']) {
      const { status, files: found, stderr } = check([at(name)]);
      expect({ name, status, count: found.length }).toEqual({ name, status: 0, count: 2 });
      expect(found[0]).toMatch(/store\/etcd\/1\/history\.edn$/);
      expect(stderr).toContain('results.edn');
    }
    for (const input of [zipOf(files), gzipSync(tarOf(files))])
      expect(check(['-'], input)).toMatchObject({ status: 0, histories: [{ valid: true }, { valid: true }] });
  });

  it('is refused in words where its archive is damaged', () => {
    const zip = zipOf(below('a', TEST));
    const spoilt = Buffer.from(zip);
    spoilt.fill(0xff, 50, 60);
    const damaged: readonly [Buffer, RegExp][] = [
      [zip.subarray(0, -30), /no directory at its end/],
      [spoilt, /damaged/],
      [tarOf({ 'a/history.jsonl': EDN }).subarray(0, 600), /cut off/],
    ];
    for (const [bytes, reason] of damaged)
      expect(check(['-'], bytes)).toMatchObject({ status: 255, histories: [{ error: expect.stringMatching(reason) }] });
  });
});

describe('a folder', () => {
  it('is judged by what is a history in it, by name and by content', () => {
    write({
      'mixed/package.json': '{ "name": "x", "version": "1" }',
      'mixed/notes.txt': 'nothing to read here',
      'mixed/deps.edn': '{:deps {}}',
      'mixed/picture.png': 'x',
      'mixed/one.edn': EDN,
      'mixed/two.json': '[{"process":0,"type":"invoke","f":"read"},{"process":0,"type":"ok","f":"read"}]',
      'mixed/three.txt': 'w(1,2,0,0)\n',
    });
    const { status, files, stderr } = check([at('mixed')]);
    expect(files).toEqual(['one.edn', 'three.txt', 'two.json'].map((name) => at(`mixed/${name}`)));
    expect(status).toBe(0);
    for (const name of ['package.json', 'notes.txt', 'deps.edn', 'picture.png']) expect(stderr).toContain(name);
  });

  it('may be one history, with a file for each session', () => {
    const session = (...mops: unknown[]): string => `${JSON.stringify({ value: mops })}\n`;
    write({
      'viper/J1.log': session(['w', 1, 2, true]) + session(['w', 1, 3, true]),
      'viper/J2.log': session(['r', 1, 3, true]) + session(['r', 1, 2, true]),
      'viper/J3.log': '',
    });
    const { status, histories } = check(['--model', 'causal', at('viper')]);
    expect(histories).toMatchObject([{ file: at('viper'), valid: false, count: 4 }]);
    expect(status).toBe(1);
    write({ 'v.tgz': gzipSync(tarOf(below('viper', { 'J1.log': session(['w', 1, 2, true]) }))) });
    expect(check([at('v.tgz')])).toMatchObject({ status: 0, histories: [{ count: 1 }] });
  });
});

describe('names of other tools', () => {
  const line = (type: string, f: string, more: object): string => `${JSON.stringify({ type, f, ...more })}\n`;

  it('are mapped to ours, and values are left alone', () => {
    const text =
      line('invoke', 'put-it', { process: 0, value: 1 }) +
      line('ok', 'put-it', { process: 0, value: 1 }) +
      line('invoke', 'look', { process: 0 }) +
      line('ok', 'look', { process: 0, value: 2 });
    expect(check(['--type', 'register', '-'], text).histories).toMatchObject([
      { error: expect.stringMatching(/"put-it".*--map put-it=/) },
    ]);
    const mapped = ['--type', 'register', '--map', 'put-it=write', '--map', ':look=read', '-'];
    expect(check(mapped, text)).toMatchObject({ status: 1, histories: [{ count: 2 }] });
    expect(
      check(['--map', 'nobody=read', '--map', 'put-it=write', '--map', 'look=read', '-'], text).histories,
    ).toMatchObject([{ notes: [expect.stringContaining('no operation is called "nobody"')] }]);
  });

  it('are refused where they are none, or where only a converter would help', () => {
    for (const [map, stderr] of [
      ['debit', /THEIRS=OURS/],
      ['debit=transfar', /did you mean transfer/],
    ] as const)
      expect(check(['--map', map, '-'])).toMatchObject({ status: 254, stderr: expect.stringMatching(stderr) });
    const debit = line('invoke', 'debit', { process: 0, value: 5 }) + line('ok', 'debit', { process: 0, value: 5 });
    expect(check(['--type', 'bank', '--map', 'debit=transfer', '-'], debit).histories).toMatchObject([
      { error: expect.stringMatching(/^line \d: .*needs a converter/) },
    ]);
  });

  it('may be those of processes', () => {
    const text = ['a', 'b'].map((client) => line('invoke', 'write', { client, value: client })).join('');
    const done = ['b', 'a'].map((client) => line('ok', 'write', { client, value: client })).join('');
    const same = line('invoke', 'write', { client: 'a', value: 1 }).repeat(2) + line('ok', 'write', { client: 'a' });
    expect(check(['--process-key', 'client', '-'], text + done)).toMatchObject({
      status: 0,
      histories: [{ count: 2 }],
    });
    expect(check(['-'], same).histories).toMatchObject([
      { error: expect.stringMatching(/^line 3: .*no process says.*--process-key client/) },
    ]);
  });
});

describe('files that mean ill end in a word, and in little memory', () => {
  const ENOUGH = 500;
  const MB = 1024 * 1024;

  it('devices without an end', () => {
    for (const [device, reason] of [
      ['/dev/zero', /zero/],
      ['/dev/full', /zero/],
      ['/dev/urandom', /not UTF-8/],
    ] as const) {
      const { status, histories, megabytes } = check([device]);
      expect({ status, histories }).toMatchObject({
        status: 255,
        histories: [{ error: expect.stringMatching(reason) }],
      });
      expect(megabytes).toBeLessThan(ENOUGH);
    }
    expect(check(['/dev/null'])).toMatchObject({ status: 2, histories: [{ valid: 'unknown' }] });
  });

  it('lines, values and elements that are too long', () => {
    const long = Buffer.alloc(100 * MB, 'x');
    const texts: readonly Buffer[] = [
      Buffer.concat([Buffer.from('{"process":0,"f":"'), long, Buffer.from('"}\n')]),
      Buffer.concat([Buffer.from('[{"process":0,"f":"'), long, Buffer.from('"}]\n')]),
      Buffer.concat([Buffer.from('{:process 0 :f "'), long, Buffer.from('"}\n')]),
      Buffer.concat([Buffer.from('w('), Buffer.alloc(100 * MB, '1'), Buffer.from(',1,1,1)\n')]),
      Buffer.concat([Buffer.from('0\t:ok\t:read\t'), Buffer.alloc(100 * MB, '1'), Buffer.from('\n')]),
      Buffer.concat([Buffer.from('{"data":[[{"events":["'), long, Buffer.from('"]}]]}')]),
      Buffer.alloc(100 * MB, '\n'),
    ];
    for (const text of texts) {
      const { status, histories, megabytes } = check(['-'], text);
      expect({ status, histories }).toMatchObject({
        status: 255,
        histories: [{ error: expect.stringMatching(/longer than 10 MB|1 MB of white space/) }],
      });
      expect(megabytes).toBeLessThan(ENOUGH);
    }
  });

  it('what expands to a thousand times its size', () => {
    const lines = Buffer.alloc(200 * MB, '{"process":"nemesis","type":"info"}\n');
    const bomb = gzipSync(lines);
    const zip = zipOf({ 'history.jsonl': lines });
    write({ 'bomb.jsonl.gz': bomb, 'bomb.zip': zip });
    for (const name of ['bomb.jsonl.gz', 'bomb.zip']) {
      const { status, histories, megabytes } = check([at(name)]);
      expect({ status, histories }).toMatchObject({
        status: 255,
        histories: [{ error: expect.stringMatching(/--max-expansion/) }],
      });
      expect(megabytes).toBeLessThan(ENOUGH);
    }
  });

  it('nesting of a hundred thousand levels', () => {
    const deep = '['.repeat(100_000);
    const shut = ']'.repeat(100_000);
    for (const text of [
      `{"process":0,"type":"invoke","f":"write","value":${deep}${shut}}\n`,
      `[{"process":0,"type":"invoke","f":"write","value":${deep}${shut}}]`,
      `{:process 0 :type :invoke :f :write :value ${deep}${shut}}`,
      `0\t:invoke\t:write\t${deep}${shut}\n`,
      `{"data":[[{"events":[${deep}${shut}]}]]}`,
      `{"value":[${deep}${shut}]}\n`,
      `[{"ClientId":0,"Call":1,"Input":${deep}${shut}}]`,
      `{"action":"call","proc":0,"data":${deep}${shut}}\n`,
      `${deep}${shut}`,
    ])
      expect(check(['-'], text).histories).toMatchObject([{ error: expect.stringMatching(/more than 1000 levels/) }]);
  });

  it('a pipe that nobody writes to', async () => {
    spawnSync('mkfifo', [at('pipe')]);
    const child = spawn(process.execPath, [MAIN, 'check', at('pipe')], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = await new Promise<string>((resolve) => child.stderr.once('data', (data) => resolve(String(data))));
    expect(said).toMatch(/waiting for a program that writes to .*pipe/);
    writeFileSync(at('pipe'), EDN);
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
  });
});
