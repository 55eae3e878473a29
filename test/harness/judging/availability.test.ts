import { historyOf, type Operation } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import type { ClusterName } from '../../../harness/clusters/names.ts';
import type { Fault } from '../../../harness/faults/fault.ts';
import { judgeAvailability } from '../../../harness/judging/availability.ts';
import type { InjectedFault } from '../../../harness/running/nemesis.ts';
import type { Claim } from '../../../systems/system.ts';

const claim: Claim = {
  model: 'eventual',
  under: ['partition', 'crash'],
  available: 'total',
  durable: 'no',
  converges: true,
  recoversMs: 100,
};
const REFUSED = { type: 'fail', error: 'no' } as const;
const SILENT = { type: 'info', error: 'no answer' } as const;
const partition: Fault = { id: 1, kind: 'partition', fromMs: 0, toMs: 2000, cut: [['n1', 'n2']] };
const crash: Fault = { id: 2, kind: 'crash', fromMs: 1000, toMs: 1200, targets: ['n1'], disk: 'kept' };
const injected = (fault: Fault, targets: readonly string[]): InjectedFault => ({
  fault,
  began: { targets },
  ended: { targets },
  fromMs: fault.fromMs,
  toMs: fault.toMs,
});

/** Judges one call at n1 that began at this moment. */
function verdict(
  outcome: Operation['outcome'],
  {
    f = 'read',
    atMs = 500,
    faults = [injected(partition, ['n1', 'n2'])],
    promised = claim,
    cluster = 'simulation',
    answer = false,
  } = {},
) {
  const endNs = outcome.type === 'info' ? Number.POSITIVE_INFINITY : (atMs + 1) * 1e6;
  const end = outcome.type === 'info' ? Number.MAX_SAFE_INTEGER : 1;
  const times = { start: 0, end, startNs: atMs * 1e6, endNs };
  const history = historyOf([{ process: 0, node: 'n1', f, key: 'x', input: null, outcome, ...times } as Operation]);
  const setting = { cluster: cluster as ClusterName, callTimeoutMs: 500, nodes: ['n1', 'n2', 'n3'] };
  return judgeAvailability(promised, { history, answers: new Set(answer ? [0] : []) }, faults, 5000, setting).type;
}

describe('a claim to answer everywhere', () => {
  it('is broken by a node that is cut off and refuses, or keeps silent', () => {
    expect(verdict(REFUSED)).toBe('invalid');
    expect(verdict(SILENT)).toBe('invalid');
    expect(verdict({ type: 'ok', output: null })).toBe('valid');
  });

  it('is not broken by a node that was down, or had just started again', () => {
    const faults = [injected(crash, ['n1'])];
    for (const atMs of [600, 1100, 1250]) expect(verdict(SILENT, { atMs, faults })).toBe('valid');
    for (const atMs of [400, 1350]) expect(verdict(SILENT, { atMs, faults })).toBe('invalid');
    expect(verdict(SILENT, { atMs: 1100, faults: [injected(crash, ['n2'])] })).toBe('invalid');
  });

  it('is broken by a refusal of any function, unless that is the operation’s result', () => {
    for (const f of ['read', 'add', 'remove', 'txn']) {
      expect(verdict(REFUSED, { f })).toBe('invalid');
      expect(verdict(REFUSED, { f, answer: true })).toBe('valid');
    }
    expect(verdict({ type: 'fail', error: 'mismatch' }, { f: 'cas' })).toBe('valid');
    expect(verdict({ type: 'fail', error: 'mismatch' }, { f: 'write' })).toBe('invalid');
  });

  it('is not broken after the end, or by silence of a process', () => {
    expect(verdict(REFUSED, { atMs: 5000 })).toBe('valid');
    expect(verdict(SILENT, { cluster: 'processes' })).toBe('valid');
    expect(verdict(REFUSED, { cluster: 'processes' })).toBe('invalid');
  });

  it('is no other claim', () => {
    expect(verdict(REFUSED, { promised: { ...claim, available: 'majority' } })).toBe('valid');
  });
});

describe('a claim to answer a majority', () => {
  const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
  const promised: Claim = { ...claim, available: 'majority' };
  const effect = { targets: ['n1'], hit: ['n1'] };
  const down: InjectedFault = { ...injected({ ...crash, fromMs: 1000, toMs: 4000 }, ['n1']), began: effect };
  const silent = { type: 'info', error: 'no answer' } as const;
  const ok = { type: 'ok', output: null } as const;

  /** Twelve calls to nodes in turn, 200 ms from each other, from 1200 ms on. */
  function verdictOf(outcomes: readonly Operation['outcome'][], faults: readonly InjectedFault[], starvedMs = 0) {
    const operations = outcomes.map((outcome, i) => {
      const startNs = (1200 + 200 * i) * 1e6;
      const isOver = outcome.type !== 'info';
      const end = isOver
        ? { end: 2 * i + 1, endNs: startNs + 1e6 }
        : { end: Number.MAX_SAFE_INTEGER, endNs: Number.POSITIVE_INFINITY };
      return {
        process: i,
        node: nodes[1 + (i % 4)]!,
        f: 'read',
        key: 'x',
        input: null,
        outcome,
        start: 2 * i,
        startNs,
        ...end,
      } as Operation;
    });
    const setting = { cluster: 'simulation', callTimeoutMs: 500, nodes } as const;
    const recorded = { history: historyOf(operations), answers: new Set<number>() };
    return judgeAvailability(promised, recorded, faults, 5000, setting, { thrown: [], starvedMs });
  }
  const nobody = nodes
    .map(() => silent)
    .concat(
      nodes.map(() => silent),
      [silent, silent],
    );

  it('is broken where one was up and connected for long and answered nobody, named with time and nodes', () => {
    const verdict = verdictOf(nobody, [down]);
    expect(verdict).toMatchObject({
      type: 'invalid',
      anomalies: [{ name: 'unavailable', at: { ms: 1000, nodes: ['n2', 'n3', 'n4', 'n5'] } }],
    });
    expect(JSON.stringify(verdict)).toMatch(/from 1000 to 4000 ms \(crash\), and answered none of 12 calls/);
    expect(verdictOf([...nobody.slice(1), ok], [down]).type).toBe('valid');
  });

  it('is not broken while no majority was there, in short stretches, by few calls, or where links were bad', () => {
    const two = injected({ ...crash, fromMs: 1000, toMs: 4000 }, ['n1', 'n2', 'n3']);
    const cut = injected(
      {
        id: 3,
        kind: 'partition',
        fromMs: 1000,
        toMs: 4000,
        cut: nodes.flatMap((a) => nodes.map((b) => [a, b] as const)),
      },
      nodes,
    );
    const flapping = { ...cut, fault: { ...cut.fault, cut: [['n1', 'n2'] as const], flapMs: 50 } as Fault };
    const link: Fault = {
      id: 4,
      kind: 'link',
      fromMs: 1000,
      toMs: 4000,
      among: nodes,
      drop: 0.5,
      duplicate: 0,
      delayMs: 0,
      jitterMs: 0,
    };
    for (const others of [[two], [cut], [flapping], [down, injected(link, nodes)]])
      expect(verdictOf(nobody, others).type).toBe('valid');
    expect(verdictOf(nobody, [down, injected({ ...crash, id: 5, fromMs: 2500, toMs: 2600 }, ['n2'])]).type).toBe(
      'valid',
    );
    expect(verdictOf(nobody.slice(4), [down]).type).toBe('valid');
    expect(verdictOf(nobody, [{ ...down, began: 'indeterminate' }]).type).toBe('valid');
  });

  it('is left open where the machine was too busy', () => {
    expect(verdictOf(nobody, [down], 400).type).toBe('unknown');
  });
});
