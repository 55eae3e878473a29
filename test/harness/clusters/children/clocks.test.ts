/** The clocks of children of our own are moved; each tells its time when it is asked by a line. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { clocksCanBeMoved } from '../../../../harness/clusters/children/clock-probe.ts';
import { Clocks } from '../../../../harness/clusters/children/clocks.ts';
import { isStopped } from '../../../../harness/clusters/children/launch.ts';
import { GoneError, ProcessClocks } from '../../../../harness/clusters/children/vdso.ts';
import type { ClockFault } from '../../../../harness/faults/clock.ts';

/** How late a busy machine may be, in ms: all offsets here are far above. */
const LATE_MS = 60_000;
const HOUR_MS = 3_600_000;

const TELLERS: Readonly<Record<string, readonly string[]>> = {
  [process.execPath]: ['-e', "process.stdin.on('data', () => console.log(Date.now(), performance.now()))"],
  perl: ['-e', '$| = 1; while (<STDIN>) { print time * 1000, "\\n" }'],
  bash: ['-c', "while read -r _; do printf '%(%s)T000\\n' -1; done"],
  python3: ['-uc', 'import sys, time\nfor _ in sys.stdin: print(time.time() * 1000, time.monotonic() * 1000)'],
};

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const task of cleanUp.splice(0)) task();
});

interface Teller {
  readonly pid: number;
  readonly child: ChildProcess;
  /** The clocks as it tells them: the wall clock's offset, and the monotonic one. */
  tell(): Promise<{ readonly offsetMs: number; readonly monotonicMs: number }>;
}

function teller(program: string, args = TELLERS[program]!): Teller {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  cleanUp.push(() => child.kill('SIGKILL'));
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => waiting.shift()?.(line));
  return {
    ...{ pid: child.pid!, child },
    async tell() {
      const line = await new Promise<string>((resolve) => {
        waiting.push(resolve);
        child.stdin!.write('now\n');
      });
      const [wall, monotonic = 'NaN'] = line.split(' ');
      return { offsetMs: Number(wall) - Date.now(), monotonicMs: Number(monotonic) };
    },
  };
}

const node = () => teller(process.execPath);

/** Whether an offset is this one, within what a busy machine is late. */
const about = (ms: number) => expect.closeTo(ms, -Math.log10(LATE_MS * 2));

function isThere(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('the clocks of a process', () => {
  it('can be moved on this machine, as a child of our own shows', () => {
    expect(clocksCanBeMoved()).toBe(true);
  });

  it.each(Object.keys(TELLERS).filter(isThere))(
    '%s tells the time that it is given, and its own again',
    async (program) => {
      const { pid, tell } = teller(program);
      expect((await tell()).offsetMs).toEqual(about(0));
      const clocks = ProcessClocks.of(pid);
      for (const realtimeMs of [HOUR_MS, -HOUR_MS, -HOUR_MS - 0.5, 0]) {
        clocks.move({ realtimeMs, monotonicMs: 0 });
        expect(clocks.skew).toEqual({ realtimeMs, monotonicMs: 0 });
        expect((await tell()).offsetMs).toEqual(about(realtimeMs));
      }
      clocks.close();
    },
  );

  it('only that process is deceived, and who patches it again finds what there is', async () => {
    const [one, other] = [node(), node()];
    await Promise.all([one.tell(), other.tell()]);
    const clocks = ProcessClocks.of(one.pid);
    clocks.move({ realtimeMs: HOUR_MS, monotonicMs: 5 * HOUR_MS });
    expect((await one.tell()).monotonicMs).toBeGreaterThan(5 * HOUR_MS);
    expect((await other.tell()).offsetMs).toEqual(about(0));
    const again = ProcessClocks.of(one.pid);
    expect(again.skew).toEqual({ realtimeMs: HOUR_MS, monotonicMs: 5 * HOUR_MS });
    one.child.kill('SIGKILL');
    await new Promise((resolve) => one.child.once('exit', resolve));
    expect(() => again.move({ realtimeMs: 0, monotonicMs: 0 })).toThrow(GoneError);
    for (const each of [clocks, again]) each.close();
  });
});

/** Clocks of the nodes n1, n2, ..., a child each, on a clock that the test moves. */
function clocksOf(...tellers: readonly Teller[]) {
  const nodes = new Map(tellers.map((one, i) => [`n${i + 1}`, [one.pid]]));
  const failures: string[] = [];
  const state = { elapsedMs: 0, paused: [] as string[] };
  const clocks = new Clocks({
    elapsed: () => state.elapsedMs,
    processesOf: (ids) => new Map(ids.map((id) => [id, nodes.get(id)!])),
    isPaused: (id) => state.paused.includes(id),
    failed: (sentence) => failures.push(sentence),
  });
  cleanUp.push(() => clocks.close());
  return { clocks, nodes, failures, state };
}

const fault = (how: ClockFault['how'], more: Partial<ClockFault> = {}): ClockFault => ({
  ...{ id: 0, kind: 'clock', targets: ['n1'], how, byMs: 0, fromMs: 0, toMs: 1 },
  ...more,
});

/** Asks until the offset is this one: a tick may be yet to come. */
async function until(told: () => Promise<number>, ms: number): Promise<void> {
  while (Math.abs((await told()) - ms) > LATE_MS) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('a clock fault', () => {
  it('steps the clocks of its targets alone, and back', async () => {
    const [one, other] = [node(), node()];
    const { clocks } = clocksOf(one, other);
    const step = fault('step', { byMs: -HOUR_MS });
    await clocks.begin(step, ['n1']);
    expect((await one.tell()).offsetMs).toEqual(about(-HOUR_MS));
    expect((await other.tell()).offsetMs).toEqual(about(0));
    await clocks.begin(fault('step', { id: 1, byMs: 3 * HOUR_MS }), ['n1', 'n2']);
    expect((await one.tell()).offsetMs).toEqual(about(2 * HOUR_MS));
    await clocks.end(step);
    expect((await one.tell()).offsetMs).toEqual(about(3 * HOUR_MS));
    await clocks.heal();
    for (const each of [one, other]) expect((await each.tell()).offsetMs).toEqual(about(0));
  });

  it('holds for a process that starts meanwhile', async () => {
    const [one, later] = [node(), node()];
    const { clocks, nodes, failures } = clocksOf(one);
    await clocks.begin(fault('step', { byMs: HOUR_MS }), ['n1']);
    one.child.kill('SIGKILL');
    nodes.set('n1', [one.pid, later.pid]);
    clocks.started('n1');
    await until(async () => (await later.tell()).offsetMs, HOUR_MS);
    await clocks.heal();
    expect((await later.tell()).offsetMs).toEqual(about(0));
    expect(failures).toEqual([]);
  });

  it('strobes: jumps, and jumps back, once it was released', async () => {
    const one = node();
    const { clocks, state } = clocksOf(one);
    const strobe = fault('strobe', { byMs: HOUR_MS, periodMs: 100 });
    await clocks.begin(strobe, ['n1']);
    state.elapsedMs = 150;
    expect((await one.tell()).offsetMs).toEqual(about(HOUR_MS));
    clocks.release(strobe);
    state.elapsedMs = 260;
    await until(async () => (await one.tell()).offsetMs, 0);
    state.elapsedMs = 360;
    await until(async () => (await one.tell()).offsetMs, HOUR_MS);
    await clocks.end(strobe);
    expect((await one.tell()).offsetMs).toEqual(about(0));
  });

  it.each([3, 0.5])('drifts at %s times the pace, and no monotonic clock ever goes back', async (rate) => {
    const one = node();
    const { clocks, state } = clocksOf(one);
    const drift = fault('drift', { rate });
    let last = 0;
    const told = async () => {
      const { offsetMs, monotonicMs } = await one.tell();
      expect(monotonicMs).toBeGreaterThanOrEqual(last);
      last = monotonicMs;
      return offsetMs;
    };
    await clocks.begin(drift, ['n1']);
    for (const hours of [1, 2, 3]) {
      state.elapsedMs = hours * HOUR_MS;
      await until(told, (rate - 1) * hours * HOUR_MS);
    }
    if (rate > 1) expect(last).toBeGreaterThan(6 * HOUR_MS);
    else expect(last).toBeLessThan(HOUR_MS);
    await clocks.end(drift);
    expect(await told()).toEqual(about(0));
    await clocks.begin(fault('drift', { rate, id: 1 }), ['n1']);
    expect(await told()).toEqual(about(0));
    await clocks.heal();
    await told();
  });

  it('leaves stopped what a pause stopped', async () => {
    const one = node();
    const { clocks, state } = clocksOf(one);
    await one.tell();
    state.paused = ['n1'];
    one.child.kill('SIGSTOP');
    await clocks.begin(fault('step', { byMs: HOUR_MS }), ['n1']);
    expect(isStopped(one.pid)).toBe(true);
    one.child.kill('SIGCONT');
    expect((await one.tell()).offsetMs).toEqual(about(HOUR_MS));
  });

  it('moves the clocks of what a process forks meanwhile, and back', async () => {
    const shell = teller('bash', ['-c', "while read -r _; do (printf '%(%s)T000\\n' -1); done"]);
    const { clocks } = clocksOf(shell);
    await shell.tell();
    await clocks.begin(fault('step', { byMs: HOUR_MS }), ['n1']);
    expect((await shell.tell()).offsetMs).toEqual(about(HOUR_MS));
    await clocks.heal();
    expect((await shell.tell()).offsetMs).toEqual(about(0));
  });

  it('moves the clocks of a process again that becomes another program', async () => {
    const [, tells] = TELLERS.bash!;
    const shell = teller('bash', ['-c', `read -r _; printf '%(%s)T000\\n' -1; exec bash -c "$0"`, tells!]);
    const { clocks } = clocksOf(shell);
    await clocks.begin(fault('step', { byMs: HOUR_MS }), ['n1']);
    expect((await shell.tell()).offsetMs).toEqual(about(HOUR_MS));
    // It begins with its own clock, until the processes are looked at again.
    await until(async () => (await shell.tell()).offsetMs, HOUR_MS);
    await clocks.heal();
    expect((await shell.tell()).offsetMs).toEqual(about(0));
  });
});
