import { describe, expect, it } from 'vitest';
import { simulate } from '../../../harness/clusters/simulation/simulate.ts';
import type { Fault } from '../../../harness/faults/fault.ts';
import { NO_COMMITS } from '../../../harness/judging/commits.ts';
import type { Effects } from '../../../harness/judging/effects.ts';
import { weigh } from '../../../harness/judging/evidence.ts';
import { addTallies, type Tally } from '../../../harness/judging/tally.ts';
import type { Plan } from '../../../harness/setting/plan.ts';
import { plan } from '../../../harness/setting/plan.ts';
import { designFrom } from '../../../harness/setting/sources.ts';
import { workloadNamed } from '../../../harness/setting/workload-source.ts';
import type { Claim, Design } from '../../../systems/system.ts';
import type { Workload } from '../../../workloads/workload.ts';
import { smallSetting } from '../scenes.ts';

const register = workloadNamed('register');
const nodes = ['n1', 'n2', 'n3'];
const options = { clients: 6, nodes, durationMs: 3000, ratePerSecond: 60, keys: 2, mix: { read: 1, write: 1 } };
const alone = (node: string): Fault => ({
  id: 1,
  kind: 'partition',
  fromMs: 500,
  toMs: 1500,
  cut: nodes.filter((other) => other !== node).flatMap((other) => [[node, other] as const, [other, node] as const]),
});

/** Runs quorum/abd with a changed plan, and returns its verdict with what is missing. */
async function verdictOf(
  change: (whole: Plan) => Partial<Plan>,
  workload: Workload = register,
  system = 'quorum/abd',
  other: Partial<Design> = {},
) {
  const setting = smallSetting(3, { system, faults: [], options });
  const whole = { ...plan(setting, workload), faults: [alone('n3')] };
  const own = { ...(await designFrom({ name: system })), ...other };
  const { result } = await simulate({
    setting,
    plan: { ...whole, ...change(whole) },
    system: own,
    workload,
    journal: false,
    claimsOnly: false,
  });
  return {
    verdict: result.verdict,
    says: result.says,
    missing: result.evidence.filter(({ enough }) => !enough).map(({ says }) => says),
  };
}

describe('a run without an anomaly', () => {
  it('is valid where it could have failed', async () => {
    expect(await verdictOf(() => ({}))).toMatchObject({ verdict: 'valid', missing: [] });
  });

  it('is valid where a minority was rightly refused and the majority answered', async () => {
    const { verdict } = await verdictOf(({ calls }) => ({
      calls: calls.map((call) => ({ ...call, node: call.client % 2 === 0 ? 'n3' : 'n1' })),
    }));
    expect(verdict).toBe('valid');
  });

  it('is unknown without traffic', async () => {
    const { verdict, says } = await verdictOf(() => ({ calls: [] }));
    expect(verdict).toBe('unknown');
    expect(says).toMatch(/too little evidence/);
  });

  it('is unknown where a fault was never installed', async () => {
    // It waits for a message that no node sends.
    const waits = { ...alone('n3'), on: { message: 'never', nth: 1, at: 'to' as const } };
    const { verdict, missing } = await verdictOf(() => ({ faults: [waits] }));
    expect(verdict).toBe('unknown');
    expect(missing.join()).toMatch(/no partition fault ever began/);
  });

  it('is unknown where the fault began but cut nothing', async () => {
    const idle: Fault = { id: 1, kind: 'partition', fromMs: 500, toMs: 1500, cut: [['n3', 'n1']] };
    const { verdict, missing } = await verdictOf(({ calls }) => ({
      faults: [idle],
      calls: calls.filter(({ atMs }) => atMs > 1600),
    }));
    expect(verdict).toBe('unknown');
    expect(missing.join()).toMatch(/0 of 1 partition faults had a measured effect/);
  });

  it('is unknown where calls were made in one fault, and another did something', async () => {
    const idle: Fault = { id: 2, kind: 'partition', fromMs: 1600, toMs: 2900, cut: [['n3', 'n1']] };
    const { verdict, missing } = await verdictOf(({ calls }) => ({
      // The first cuts what is still on its way from a call before it; the second is aimed at links that nobody uses.
      faults: [{ ...alone('n1'), fromMs: 500, toMs: 600 }, idle],
      calls: calls
        .filter(({ atMs }) => atMs < 480 || (atMs > 1600 && atMs < 2800))
        .map((call) => ({ ...call, node: call.atMs < 480 ? call.node : 'n2' }))
        .concat({ ...calls[0]!, id: 9000, client: 90, node: 'n1', atMs: 499.5 }),
    }));
    expect(missing).toEqual(['no read, no write was called while a partition fault was in effect']);
    expect(verdict).toBe('unknown');
  });

  it('is unknown where all calls came before the fault', async () => {
    const { verdict, missing } = await verdictOf(({ calls }) => ({ calls: calls.filter(({ atMs }) => atMs < 400) }));
    expect(verdict).toBe('unknown');
    expect(missing.join()).toMatch(/no (read|write).* was called while a partition/);
  });

  it('is unknown where a kind of call never succeeded', async () => {
    const { verdict, missing } = await verdictOf(({ calls }) => ({ calls: calls.filter(({ f }) => f !== 'read') }));
    expect(verdict).toBe('unknown');
    expect(missing[0]).toMatch(/0 of 0 read calls succeeded/);
  });

  it('is unknown without a final read', async () => {
    const { verdict, missing } = await verdictOf(() => ({}), { ...register, final: () => [] });
    expect(verdict).toBe('unknown');
    expect(missing).toEqual(['there was no final call']);
  });

  it('is unknown where replicas are to converge, and neither show what they hold nor are asked', async () => {
    const mute = { content: () => undefined };
    const asked = await verdictOf(() => ({}), register, 'async-replication/sound', mute);
    expect(asked.verdict).toBe('valid');
    const { verdict, says } = await verdictOf(
      () => ({}),
      { ...register, final: () => [] },
      'async-replication/sound',
      mute,
    );
    expect(verdict).toBe('unknown');
    expect(says).toMatch(/no final read was answered by two nodes/);
  });

  it('is unknown where durability is claimed and nothing can judge it', async () => {
    const checkers = register.checkers.filter(({ name }) => name !== 'lost-writes');
    const { verdict, says } = await verdictOf(() => ({}), { ...register, checkers });
    expect(verdict).toBe('unknown');
    expect(says).toMatch(/no checker for durability, which is claimed/);
  });

  it('is unknown where no claim covers its faults', async () => {
    const disk: Fault = { id: 1, kind: 'disk', fromMs: 100, toMs: 2000, targets: 'all', how: 'slow', chance: 0.5 };
    const { verdict, says } = await verdictOf(() => ({ faults: [disk] }));
    expect(verdict).toBe('unknown');
    expect(says).toMatch(/claims nothing under these faults/);
  });
});

describe('evidence', () => {
  const claim = { model: 'eventual', under: [], durable: 'no', converges: false, recoversMs: 1 } as const;
  const thirds = (each: number) => [each, each, each] as const;
  const effects = { called: thirds(4), effects: thirds(2) };
  const unanswered = { called: { read: 12 }, answered: {}, long: 1 };
  const tally: Tally = {
    runs: 1,
    called: { read: 12 },
    succeeded: { read: 6 },
    main: { effects: { read: { ...effects, told: 4 } }, keys: { asked: 4, moved: 2 } },
    messages: 9,
    during: {
      pause: {
        ...{ intervals: 1, bit: 1, us: 9000, called: { read: 12 }, answered: {}, committed: {} },
        promised: { total: unanswered, majority: unanswered, 'primary-side': unanswered },
      },
    },
    served: NO_COMMITS,
    leftOut: {},
    dependent: [],
    pairs: {},
    mainUs: 10_000,
    finalAsked: 4,
    finalAnswered: 2,
    finalUnheard: 0,
    silent: [],
  };
  const weighed = (of: Tally, ...available: Claim['available'][]) =>
    weigh(
      of,
      ['read'],
      ['pause'],
      available.map((one) => ({ ...claim, available: one })),
    );
  const enough = (of: Tally, ...available: Claim['available'][]) =>
    weighed(of, ...available).map((item) => item.enough);
  const withEffects = (of: Effects, keys = tally.main.keys): Tally => ({
    ...tally,
    main: { effects: { read: of }, keys },
  });

  it('is asked for by every claim, not by the first alone', () => {
    // Effects, keys, bit, called, answered, final.
    expect(enough(tally, 'none')).toEqual([true, true, true, true, false]);
    expect(enough(tally, 'primary-side')).toEqual([true, true, true, true, true]);
    expect(enough(tally, 'primary-side', 'majority')).toEqual([true, true, true, true, false, false]);
  });

  const few: readonly (readonly [string, Effects, RegExp])[] = [
    ['too few', { called: thirds(4), effects: [1, 1, 0] }, /2 of 12 read calls succeeded.*at least 3 are needed/],
    ['too small a share', { called: thirds(400), effects: [20, 20, 19] }, /59 of 1200 .*at least 60 are needed/],
    ['none in a third', { called: thirds(300), effects: [69, 0, 0] }, /69 of 900 .*none in its second third/],
    [
      'none that tell anything',
      { called: thirds(40), effects: thirds(40), told: 2 },
      /2 of them told something: at least 6/,
    ],
    ['none of a rare kind', { called: thirds(9), effects: thirds(0), rare: true }, /0 of 27 .*at least 1 are needed/],
  ];
  it.each(few)('is missing where effects are %s', (_, of, says) => {
    const [main] = weighed(withEffects(of), 'primary-side');
    expect(main).toMatchObject({ enough: false, says: expect.stringMatching(says) });
  });

  const enoughEffects: readonly (readonly [string, Effects])[] = [
    ['three in all', { called: thirds(1), effects: thirds(1) }],
    ['a twentieth', { called: thirds(400), effects: thirds(20) }],
    ['none in a third in which none was to be expected', { called: [40, 40, 4], effects: [8, 8, 0] }],
    ['one of a rare kind', { called: thirds(40), effects: [1, 0, 0], rare: true }],
  ];
  it.each(enoughEffects)('is there where effects are %s', (_, of) => {
    expect(weighed(withEffects(of), 'primary-side')[0]).toMatchObject({ enough: true });
  });

  it('is weighed over all runs of a cell', () => {
    const runs = [0, 1, 2].map((third): Effects => {
      const effects = [0, 0, 0].map((_, at) => (at === third ? 9 : 0)) as unknown as Effects['effects'];
      return { called: thirds(10), effects };
    });
    for (const one of runs) expect(weighed(withEffects(one), 'primary-side')[0]!.enough).toBe(false);
    const all = runs.map((one) => withEffects(one)).reduce(addTallies);
    expect(weighed(all, 'primary-side')[0]).toMatchObject({ says: expect.stringMatching(/^27 of 90/), enough: true });
    expect(all.messages).toBe(27);
  });

  it('needs some of the keys', () => {
    const of = (moved: number) =>
      weighed(withEffects(tally.main.effects.read!, { asked: 8, moved }), 'primary-side')[1];
    expect(of(1)).toEqual({ says: '1 of 8 keys saw a call that succeeded', enough: false });
    expect(of(2)!.enough).toBe(true);
  });

  it('of transactions is what they read and wrote', () => {
    const main = (read: number, written: number): Tally => ({
      ...tally,
      main: {
        effects: {
          txn: { called: thirds(10), effects: thirds(10) },
          'txn r': { called: thirds(20), effects: thirds(read) },
          'txn append': { called: thirds(20), effects: thirds(written) },
        },
        keys: { asked: 1, moved: 1 },
      },
    });
    const missing = (of: Tally) =>
      weigh(of, ['txn'], [], [{ ...claim, available: 'primary-side' }]).flatMap(({ says, enough: is }) =>
        is ? [] : [says],
      );
    expect(missing(main(0, 0))).toEqual(['no write was confirmed, no read told anything']);
    expect(missing(main(9, 0))).toEqual(['no write in a transaction was confirmed']);
    expect(missing(main(0, 9))).toEqual(['no read in a transaction told anything']);
    expect(missing(main(9, 9))).toEqual([]);
  });

  it('of a cut is not asked for where nodes send each other nothing', () => {
    const during = { ...tally.during.pause!, intervals: 2, bit: 0, called: {} };
    const of = (messages: number) =>
      weigh(
        { ...tally, messages, during: { partition: during } },
        ['read'],
        ['partition'],
        [{ ...claim, available: 'total' }],
      );
    expect(of(0)[2]).toEqual({ says: 'nodes sent each other nothing, so a partition can do nothing', enough: true });
    expect(of(1)[2]).toEqual({ says: '0 of 2 partition faults had a measured effect', enough: false });
  });

  it('needs an answer for every key, from some node at least', () => {
    expect(enough({ ...tally, finalUnheard: 1 }, 'primary-side').at(-1)).toBe(false);
  });
});

describe('a run with an anomaly', () => {
  it('is invalid, however little evidence there is', async () => {
    const { verdict } = await verdictOf(({ calls }) => ({ calls: calls.slice(0, 40) }), register, 'no-replication');
    expect(verdict).toBe('invalid');
  });
});
