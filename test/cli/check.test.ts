import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = new URL('../../bin.mjs', import.meta.url).pathname;

/** Runs the built command line. */
function splitbrain(args: readonly string[], input?: string | Buffer) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    input: input ?? '',
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** Runs `check --json` and returns what it says of each history. */
function judged(args: readonly string[], input?: string | Buffer) {
  const { status, stdout, stderr } = splitbrain(['check', '--json', ...args], input);
  const lines = stdout.trimEnd().split('\n');
  return { status, stderr, histories: lines.filter((line) => line !== '').map((line) => JSON.parse(line)) };
}

function lines(...events: string[]): string {
  return events.map((event, index) => `{"index":${index},"time":${index},${event}}\n`).join('');
}

const VALID = lines(
  '"process":0,"type":"invoke","f":"write","key":"x","value":1',
  '"process":0,"type":"ok","f":"write","key":"x","value":1',
  '"process":1,"type":"invoke","f":"read","key":"x","value":null',
  '"process":1,"type":"ok","f":"read","key":"x","value":1',
);
const INVALID = VALID.replace(/"value":1\}\n$/, '"value":null}\n');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'splitbrain-check-'));
  const write = (name: string, content: string | Buffer): void => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  write('valid.jsonl', VALID);
  write('invalid.jsonl', INVALID);
  write('zipped.jsonl.gz', gzipSync(VALID));
  write('half-zipped.jsonl.gz', gzipSync(VALID).subarray(0, 60));
  write('empty.log', '');
  write('broken.jsonl', `${VALID}{"index":4, broken}\n${VALID}`);
  write('cut.jsonl', VALID.slice(0, -20));
  write(
    'cut-character.jsonl',
    Buffer.from(`${VALID}{"index":4,"process":2,"type":"invoke","f":"write","key":"é`).subarray(0, -1),
  );
  write('bytes.jsonl', Buffer.concat([Buffer.from(VALID), Buffer.from([0x22, 0xff, 0xfe, 0x0a])]));
  write('garbage.log', Buffer.from([1, 2, 3, 0, 250, 251]));
  write('twice.jsonl', lines('"process":0,"type":"invoke","f":"read"', '"process":0,"type":"invoke","f":"read"'));
  write(
    'strange.jsonl',
    lines('"process":0,"type":"invoke","f":"frobnicate"', '"process":0,"type":"ok","f":"frobnicate"'),
  );
  write('folder/good-2.jsonl', VALID);
  write('folder/good-10.jsonl', VALID);
  write('folder/damaged.jsonl', VALID.replace('"type":"ok"', '"type":"okay"'));
  write('folder/README.md', '# not a history');
  write('folder/.hidden/x.jsonl', 'not looked at');
  write('run/history.jsonl', VALID);
  write('run/messages.jsonl', 'not a history');
  write('run/setting.json', '{"workload":"register"}');
  write('nothing/README.md', '');
});
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

describe('splitbrain check', () => {
  it('says on one line of JSON what a history is and which models it obeys', () => {
    const { status, histories } = judged([at('valid.jsonl')]);
    expect(status).toBe(0);
    expect(histories).toEqual([
      expect.objectContaining({
        file: at('valid.jsonl'),
        type: 'register',
        model: 'linearizable',
        valid: true,
        models: expect.objectContaining({ linearizable: true }),
        strongest: ['linearizable'],
        anomalies: [],
        count: 2,
        ms: expect.any(Number),
      }),
    ]);
  });

  it('names the operations that prove an anomaly', () => {
    const { status, histories } = judged(['--model', 'linearizable', at('invalid.jsonl')]);
    expect(status).toBe(1);
    expect(histories[0]).toMatchObject({
      valid: false,
      models: { linearizable: false },
      strongest: [],
      reason: expect.any(String),
      anomalies: [
        { name: expect.any(String), message: expect.any(String), steps: expect.any(Array), operations: [0, 2] },
      ],
    });
  });

  it('judges for several models what it reads once', () => {
    const { status, histories } = judged(['--model', 'linearizable,sequential', '-'], VALID);
    expect([status, histories.map(({ model }) => model)]).toEqual([0, ['linearizable', 'sequential']]);
    const refused = judged(['--model', 'linearizable,sequential', '-'], '<<<\n>>>\n');
    expect([refused.status, refused.histories.length]).toEqual([255, 1]);
  });

  it('reads gzip, standard input, folders and run folders', () => {
    expect(judged([at('zipped.jsonl.gz')])).toMatchObject({ status: 0, histories: [{ valid: true, count: 2 }] });
    for (const args of [['-'], []])
      expect(judged(args, VALID)).toMatchObject({ status: 0, histories: [{ file: 'standard input', count: 2 }] });
    expect(judged(['-'], gzipSync(INVALID))).toMatchObject({ status: 1, histories: [{ valid: false }] });
    expect(judged([at('run')]).histories).toMatchObject([{ file: at('run/history.jsonl'), valid: true }]);
    expect(judged([at('valid.jsonl'), at('zipped.jsonl.gz'), '-'], VALID).histories).toHaveLength(3);
  });

  it('judges the good files of a folder although one is damaged, in the order of their names', () => {
    const { status, histories } = judged([at('folder')]);
    expect(histories).toMatchObject([
      {
        file: at('folder/damaged.jsonl'),
        error: expect.stringMatching(/^line 2: "type" is invoke, ok, fail or info, not "okay"/),
      },
      { file: at('folder/good-2.jsonl'), valid: true },
      { file: at('folder/good-10.jsonl'), valid: true },
    ]);
    expect(status).toBe(255);
  });

  it('says of a file in which no operation was completed that nothing is known', () => {
    const nothing: Record<string, string | Buffer> = {
      empty: '',
      blank: '\n \n',
      'an array': '[]',
      'a vector': '[]\n',
      'a gzipped file': gzipSync(''),
      'invocations alone': lines('"process":0,"type":"invoke","f":"write","value":1'),
      'what is never known': lines(
        '"process":0,"type":"invoke","f":"write","value":1',
        '"process":0,"type":"info","f":"write","value":1',
      ),
      'a plain failure': lines(
        '"process":0,"type":"invoke","f":"cas","value":[1,2]',
        '"process":0,"type":"fail","f":"cas","value":[1,2]',
      ),
      'a nemesis': '{:process :nemesis, :type :info, :f :start, :value nil}',
      'aborted transactions': 'w(1,2,0,-1)\n',
    };
    for (const [what, content] of Object.entries(nothing)) {
      const { status, histories } = judged(['-'], content);
      expect({ what, status, histories }).toMatchObject({
        status: 2,
        histories: [{ valid: 'unknown', reason: 'no operation was completed', strongest: [] }],
      });
    }
    const asked = judged(['--type', 'register', '--model', 'sequential', '-'], nothing['invocations alone']);
    expect(asked).toMatchObject({ status: 2, histories: [{ valid: 'unknown', models: { sequential: 'unknown' } }] });
    expect(judged([at('empty.log')]).histories).toMatchObject([{ count: 0, notes: ['the file is empty'] }]);
  });

  it('judges what a failure observed', () => {
    const held = lines(
      '"process":0,"type":"invoke","f":"acquire"',
      '"process":0,"type":"fail","f":"acquire","error":"held"',
    );
    expect(judged(['--type', 'mutex', '-'], held).status).not.toBe(2);
  });

  it('tolerates a last line that a crash cut off, in a character too, and says so', () => {
    expect(judged([at('cut.jsonl')])).toMatchObject({
      status: 0,
      histories: [{ count: 2, notes: ['line 4 is cut off: the history ends before it'] }],
    });
    expect(judged([at('cut-character.jsonl')])).toMatchObject({
      status: 0,
      histories: [{ count: 2, notes: ['line 5 is cut off: the history ends before it'] }],
    });
    expect(splitbrain(['check', at('cut.jsonl')]).stdout).toContain('line 4 is cut off');
  });

  it('answers with 1 over 255 over 2 over 0', () => {
    const status = (...names: string[]): number | null => splitbrain(['check', ...names.map(at)]).status;
    expect(status('valid.jsonl', 'valid.jsonl')).toBe(0);
    expect(status('valid.jsonl', 'empty.log')).toBe(2);
    expect(status('empty.log', 'broken.jsonl')).toBe(255);
    expect(status('valid.jsonl', 'broken.jsonl')).toBe(255);
    expect(status('broken.jsonl', 'invalid.jsonl', 'valid.jsonl')).toBe(1);
  });

  const broken: Record<string, RegExp> = {
    'broken.jsonl': /^line 5: not JSON/,
    'half-zipped.jsonl.gz': /unexpected end of file/,
    'bytes.jsonl': /^line 5: not UTF-8 text/,
    'garbage.log': /^line 1: not UTF-8 text/,
    'twice.jsonl': /^line 2: process 0 invokes read while its read of index 0 is still open/,
    'strange.jsonl': /no datatype has the functions frobnicate/,
  };
  for (const [name, reason] of Object.entries(broken))
    it(`names what is wrong with ${name}, without a stack trace, and exits with 255`, () => {
      const { status, histories, stderr } = judged([at(name)]);
      expect({ status, stderr }).toEqual({ status: 255, stderr: '' });
      expect(histories).toEqual([{ file: at(name), error: expect.stringMatching(reason) }]);
      const { stdout } = splitbrain(['check', at(name)]);
      expect(stdout).toContain(`${at(name)}: `);
      expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    });

  const refused: [what: string, args: string[], stderr: RegExp][] = [
    ['an unknown option', ['check', '--modle', 'x'], /unknown option '--modle'.*Did you mean --model\?/],
    ['an unknown command', ['chek'], /unknown command 'chek'.*Did you mean check\?/],
    [
      'an unknown datatype',
      ['check', '--type', 'registre', '-'],
      /no datatype is called "registre": did you mean register\?/,
    ],
    [
      'an unknown model',
      ['check', '--model', 'linearisable', '-'],
      /no model is called "linearisable": did you mean linearizable\?/,
    ],
    ['an unknown format', ['check', '--format', 'ednn', '-'], /no format is called "ednn": did you mean edn\?/],
    ['a file that is not there', ['check', 'no/such/file'], /there is no file or folder no\/such\/file/],
    ['a strange number', ['check', '--explain', 'many', '-'], /--explain takes a whole number, not "many"/],
  ];
  for (const [what, args, stderr] of refused)
    it(`refuses ${what} on one line, and exits with 254`, () => {
      const ended = splitbrain(args);
      expect(ended).toMatchObject({ status: 254, stdout: '', stderr: expect.stringMatching(stderr) });
      expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
    });

  it('refuses a folder without histories', () => {
    expect(splitbrain(['check', at('nothing')])).toMatchObject({
      status: 254,
      stderr: expect.stringContaining('no history lies in'),
    });
  });

  it('shows a stack trace with --debug only', () => {
    expect(splitbrain(['check', '--type', 'registre', '-', '--debug']).stderr).toMatch(/\n\s+at /);
    expect(splitbrain(['check', '--debug', at('broken.jsonl')]).stderr).toMatch(/\n\s+at /);
  });

  it('draws the first counterexamples, beside the JSON and not inside of it', () => {
    const { stdout } = splitbrain(['check', '--explain', '1', at('invalid.jsonl')]);
    expect(stdout).toMatch(/process 0 {2}┝━+ w x=1 ━+┥\nprocess 1 {2} +┝━+ r x=∅ ━+┥/);
    const { histories, stderr } = judged(['--explain', '1', at('invalid.jsonl')]);
    expect(histories).toHaveLength(1);
    expect(stderr).toContain('┝━');
  });

  it('judges from the initial value that is given', () => {
    const read = (value: string): string =>
      lines('"process":0,"type":"invoke","f":"read"', `"process":0,"type":"ok","f":"read","value":${value}`);
    expect(judged(['-'], read('0')).status).toBe(1);
    expect(judged(['--initial', '0', '-'], read('0')).status).toBe(0);
    expect(judged(['--initial', 'abc', '-'], read('"abc"')).status).toBe(0);
    expect(judged(['--initial', 'nil', '-'], read('null')).status).toBe(0);
  });

  it('takes a read of null for null, and for nothing only where it is told so', () => {
    const lost = lines(
      ...['"process":0,"type":"invoke","f":"write","value":5', '"process":0,"type":"ok","f":"write","value":5'],
      ...['"process":0,"type":"invoke","f":"read"', '"process":0,"type":"ok","f":"read","value":null'],
    );
    const refuted = splitbrain(['check', '--initial', '0', '-'], lost);
    expect(refuted).toMatchObject({ status: 1, stdout: expect.stringContaining('--assume-null-unknown') });
    expect(judged(['--initial', '0', '--assume-null-unknown', '-'], lost).status).toBe(0);
  });

  it('refuses what means nothing for the datatype that a history turns out to be of', () => {
    const queue = lines('"process":0,"type":"invoke","f":"enqueue"', '"process":0,"type":"ok","f":"enqueue","value":1');
    const refused: [args: string[], says: string][] = [
      [['--assume-null-unknown'], 'says nothing of a queue, but of register'],
      [['--assume-wfr-keys'], '--assume-wfr-keys says nothing of a queue, but of rw-register'],
      [['--initial', '5'], 'the initial value of a queue is a list, and not 5'],
      [['--model', 'PRAM'], 'a queue is not judged against "PRAM"'],
    ];
    for (const [args, says] of refused)
      expect(splitbrain(['check', ...args, '-'], queue)).toMatchObject({
        status: 254,
        stdout: expect.stringContaining(says),
      });
  });

  it('prints the proof of a valid verdict where it is asked for', () => {
    const objects = [{ key: 'x', order: [0, 2] }];
    expect(judged(['--certificate', at('valid.jsonl')]).histories[0]).toMatchObject({ certificate: { objects } });
    expect(judged([at('valid.jsonl')]).histories[0]).not.toHaveProperty('certificate');
    expect(splitbrain(['check', '--certificate', at('valid.jsonl')]).stdout).toContain(JSON.stringify({ objects }));
  });

  it('explains itself with --help, and an example', () => {
    expect(splitbrain(['check', '--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('Examples:') });
  });
});
