/**
 * A datatype and a model of the user's own: histories are judged
 * as it, and systems and workloads offer and call its functions.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Project, project } from './own-project.ts';

const SIMULATED = ['--cluster', 'simulation', '--time', '4s', '--seed', '3'];
const LIKES = ['--workload', './likes.mjs#workload', '--faults', 'partition'];

const line = (process: number, type: string, f: string, value: unknown) =>
  `${JSON.stringify({ process, type, f, key: 'page', value })}\n`;
const history = (count: number) =>
  [
    line(1, 'invoke', 'like', 'ann') + line(1, 'ok', 'like', 'ann'),
    line(2, 'invoke', 'like', 'ann') + line(2, 'ok', 'like', 'ann'),
    line(1, 'invoke', 'count', null) + line(1, 'ok', 'count', count),
  ].join('');

let user: Project;
beforeAll(() => {
  user = project({
    'right.jsonl': history(1),
    'wrong.jsonl': history(2),
    'strange.mjs': `
      import { likes, model, sound, workload } from './likes.mjs';
      const start = (node) => {
        const replica = sound.start(node);
        return { ...replica, api: { ...replica.api, count: async () => 'seven' } };
      };
      export const talking = { ...sound, name: 'my/talking', start };
      export const nameless = { ...likes, name: '' };
      export const modelless = { ...likes, model: 'eventual' };
      export const shapeless = { ...likes, functions: { like: { takes: 'text' } } };
      export const stepless = { ...model, step: {} };
      export const misspelt = { ...sound, datatype: 'regster' };
      export const unfit = { ...sound, datatype: 'register' };
      export const number = 7;
      export const careless = { ...likes, models: { linearizable: () => ({ check: () => true }) } };
    `,
  });
  mkdirSync(join(user.folder, 'below'));
});
afterAll(() => user.remove());

describe('check --type', () => {
  it.each([
    ['a datatype', './likes.mjs#likes', '.', ''],
    ['a model', './likes.mjs#model', '.', ''],
    ['either from another folder', '../likes.mjs#likes', 'below', '../'],
  ])('judges a history as %s of a module', (_, type, from, up) => {
    const right = user.splitbrain(['check', '--type', type, `${up}right.jsonl`, '--json'], from);
    expect(right.status, right.stdout + right.stderr).toBe(0);
    expect(JSON.parse(right.stdout)).toMatchObject({
      type: 'likes',
      model: 'linearizable',
      models: { linearizable: true, sequential: true },
    });
    const wrong = user.splitbrain(['check', '--type', type, `${up}wrong.jsonl`, '--json'], from);
    expect(wrong.status).toBe(1);
    expect(JSON.parse(wrong.stdout)).toMatchObject({ valid: false, strongest: [] });
  });

  it('knows its models and functions, and judges in a thread that is bounded', () => {
    const of = (...flags: string[]) =>
      user.splitbrain(['check', '--type', './likes.mjs#likes', 'right.jsonl', ...flags]);
    expect(of('--model', 'sequential').status).toBe(0);
    expect(of('--model', 'sequentail').stderr).toMatch(/no model is called "sequentail": did you mean sequential\?/);
    expect(of('--map', 'love=lik').stderr).toMatch(/no function is called "lik": did you mean like\?/);
    expect(of('--max-time', '60s').status).toBe(0);
  });

  it('tells an operation that is none of the datatype with its line', () => {
    user.write('odd.jsonl', history(1).replace('"value":1', '"value":"one"'));
    const { status, stdout } = user.splitbrain(['check', '--type', './likes.mjs#likes', 'odd.jsonl', '--json']);
    expect(status).toBe(255);
    expect(JSON.parse(stdout)).toMatchObject({ error: expect.stringMatching(/a whole number/) as string });
  });

  it.each([
    ['./likes.mjs#lieks', /no export is called "lieks": did you mean likes\?/],
    ['./none.mjs#likes', /none\.mjs cannot be loaded/],
    ['./strange.mjs#number', /number of .* is neither a datatype nor a model: it is 7/],
    ['./strange.mjs#nameless', /nameless of .* is no datatype: it needs a name/],
    ['./strange.mjs#modelless', /it needs model, the name of one of its models: linearizable, sequential/],
    ['./strange.mjs#shapeless', /functions\.like\.takes: a shape \{ says, fits\(value\) \} is needed, not "text"/],
    ['./strange.mjs#stepless', /is no model: it needs step/],
  ])('refuses %s', (type, words) => {
    const { status, stderr } = user.splitbrain(['check', '--type', type, 'right.jsonl']);
    expect(status).toBe(254);
    expect(stderr).toMatch(words);
  });

  it('does not take for a verdict what a checker of a module returns by mistake', () => {
    const { status, stdout } = user.splitbrain(['check', '--type', './strange.mjs#careless', 'right.jsonl', '--json']);
    expect(status).toBe(255);
    expect(stdout).toMatch(/linearizable of careless of .* returned true: a verdict is/);
  });
});

describe('a system of a datatype of one’s own', () => {
  it.each([
    ['simulation', SIMULATED],
    ['processes', ['--cluster', 'processes', '--time', '3s', '--seed', '3']],
  ])('is run, and placed among its models, in the cluster %s', (_, flags) => {
    const { status, stdout, stderr } = user.splitbrain([
      'run',
      '--system',
      './likes.mjs#sound',
      ...LIKES,
      ...flags,
      '--json',
    ]);
    expect(status, stderr + stdout.slice(0, 400)).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'valid', placement: { strongest: ['linearizable'] } });
  });

  it('is refuted, and agrees with check, shrink and replay', () => {
    const made = user.splitbrain([
      'run',
      '--system',
      './likes.mjs#forgetful',
      ...LIKES,
      ...SIMULATED,
      '--out',
      'broken',
    ]);
    expect(made.status, made.stderr).toBe(1);
    const checked = user.splitbrain(['check', '../broken', '--json'], 'below');
    expect(checked.status).toBe(1);
    expect(JSON.parse(checked.stdout)).toMatchObject({ type: 'likes', valid: false, models: { linearizable: false } });
    expect(user.splitbrain(['shrink', '../broken'], 'below').status).toBe(1);
    expect(user.splitbrain(['replay', 'broken/counterexample.json']).status).toBe(1);
  });

  it('is explored and is part of a campaign', () => {
    const found = user.splitbrain([
      'explore',
      '--system',
      './likes.mjs#forgetful',
      '--workload',
      './likes.mjs#workload',
      '--runs',
      '50',
      '--seed',
      '1',
      '--corpus',
      'kept',
    ]);
    expect(found.status, found.stderr).toBe(1);
    expect(readdirSync(join(user.folder, 'kept'))).toHaveLength(1);
    user.write(
      'campaign.yaml',
      'systems: [./likes.mjs#sound]\nworkloads: [./likes.mjs#workload]\nfaults: [partition]\ncluster: simulation\ntime: 4s\nseeds: 2\n',
    );
    const { status, stdout, stderr } = user.splitbrain(['campaign', 'campaign.yaml', '--out', 'campaign']);
    expect(status, stdout + stderr).toBe(0);
  });

  it('is held to what its functions return: node, function and value are named', () => {
    const { status, stderr } = user.splitbrain(['run', '--system', './strange.mjs#talking', ...LIKES, ...SIMULATED]);
    expect(status).toBe(255);
    expect(stderr).toMatch(/my\/talking returned "seven" from count at n\d: a count of a likes returns a whole number/);
  });

  it.each([
    ['./likes.mjs#sound', [], /no built-in workload is for my\/likes, a likes: name one of your own with --workload/],
    ['./strange.mjs#misspelt', [], /datatype: no datatype is called "regster": did you mean register\?/],
    ['./strange.mjs#unfit', LIKES, /likes is for systems of datatype likes, but my\/likes is a register/],
  ])('is refused where it does not fit: %s', (system, flags, words) => {
    const { status, stderr } = user.splitbrain(['run', '--system', system, ...flags, ...SIMULATED]);
    expect(status).toBe(254);
    expect(stderr).toMatch(words);
  });
});
