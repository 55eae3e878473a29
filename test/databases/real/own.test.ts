/** What may be wrong with a database of the user's own; docs.test.ts runs it as docs/databases.md shows it. */
import { afterAll, describe, expect, it } from 'vitest';
import { project } from '../../cli/own-project.ts';
import { isMissing } from './needs.ts';

const user = project({
  'broken.mjs': `
    import own from './my-redis.mjs';
    export const dies = { ...own, commands: () => [{ program: 'redis-server', args: ['--no-such-option'] }] };
    export const missing = { ...own, programs: { 'no-such-server': { version: ['-v'], install: 'apt-get install no-such' } } };
    export const portless = { ...own, ports: { redis: 'everybody' } };
    export const mute = { ...own, connect: async () => ({ close() {}, api: { read: async () => 1 } }) };
    export const wrong = { ...own, connect: async () => ({ close() {}, api: { read: async () => ({}), write: async () => null } }) };
  `,
});
afterAll(() => user.remove());
const RUN = ['run', '--time', '8s', '--rate', '60', '--seed', '1', '--out'];

describe.skipIf(isMissing('redis/sentinel'))('a database of the user’s own', () => {
  it.each([
    ['dies', 255, /n\d \(redis-server\) ended by itself \(exit code 1\)\. Its last lines:[\s\S]*no-such-option/],
    [
      'missing',
      254,
      /my\/redis needs the program no-such-server, which is not on this machine: apt-get install no-such/,
    ],
    ['portless', 254, /is not a system: it needs ports, as in/],
    ['mute', 255, /my\/redis has no function write at n\d/],
    ['wrong', 255, /my\/redis returned \{\} from read at n\d/],
  ])('that is wrong is told: %s', (name, code, words) => {
    const asked = ['--system', `./broken.mjs#${name}`, '--faults', 'none'];
    const { status, stderr } = user.splitbrain([...RUN, `out-${name}`, ...asked]);
    expect(stderr).toMatch(words);
    expect(status).toBe(code);
  });

  it.each([
    [['--faults', 'loss'], /TCP hides what a network loses, duplicates or reorders/],
    [['--faults', 'none', '--cluster', 'simulation'], /is a database and runs in real time only/],
    [['--faults', 'reindex'], /has no chore reindex/],
    [['--faults', 'none', '--program', 'etcd=/bin/true'], /has no program etcd: it needs redis-server/],
  ])('is refused what cannot be: %s', (flags, words) => {
    const { status, stderr } = user.splitbrain([...RUN, 'refused', '--system', './my-redis.mjs', ...flags]);
    expect(stderr).toMatch(words);
    expect(status).toBe(254);
  });

  it('cannot be explored', () => {
    const { status, stderr } = user.splitbrain(['explore', '--system', './my-redis.mjs', '--runs', '1']);
    expect(stderr).toMatch(/a database, which runs in real time only/);
    expect(status).toBe(254);
  });
});
