/** The cycles of counterexamples are data: each edge is checked against what it claims of the history. */
import type { Anomaly, CycleEdge, History, Operation, Register } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { chance, registerHistory, registerShape } from '../oracle/registerHistories.ts';
import { SESSION_CHECKERS } from '../oracle/session-checkers.ts';

/** What has no cycle: what nobody wrote, and what every order of the operations was tried for. */
const WITHOUT = ['thin-air-read', 'aborted-read'];

function written({ f, input }: Operation<Register>): string | undefined {
  if (f === 'read') return undefined;
  return JSON.stringify(f === 'cas' ? (input as unknown as unknown[])[1] : input);
}

function found({ f, input, outcome }: Operation<Register>): string | undefined {
  if (f === 'cas') return JSON.stringify((input as unknown as unknown[])[0]);
  return f === 'read' && outcome.type === 'ok' ? JSON.stringify(outcome.output) : undefined;
}

function isTrue(edge: CycleEdge, of: (start: number) => Operation<Register>): boolean {
  const [from, to] = [of(edge.from), of(edge.to)];
  if (edge.kind === 'process') return from.process === to.process && from.start < to.start;
  if (from.key !== to.key || edge.key !== to.key) return false;
  if (edge.kind === 'wr') return written(from) !== undefined && written(from) === found(to);
  if (edge.kind === 'rw') return found(from) !== undefined && written(to) !== undefined && found(from) !== written(to);
  const witnesses = [...(edge.via ?? []).map(of), from, to];
  const isRead = witnesses.some((one) => one !== to && one.key === to.key && found(one) === written(to));
  return edge.kind === 'ww' && written(from) !== undefined && written(to) !== undefined && isRead;
}

function expectCycle(
  history: History<Register>,
  { name, steps, cycle = [], operations }: Anomaly,
  context: string,
): void {
  const tried = steps.some((step) => step.startsWith('every order of these was tried'));
  if (!WITHOUT.includes(name) && !tried) expect(cycle.length, context).toBeGreaterThan(1);
  const all = new Map([...history].map((one) => [one.start, one]));
  const of = (start: number) => all.get(start) as Operation<Register>;
  for (const [at, edge] of cycle.entries()) {
    expect(edge.to, context).toBe(cycle[(at + 1) % cycle.length]?.from);
    expect(operations, context).toEqual(expect.arrayContaining([edge.from, edge.to, ...(edge.via ?? [])]));
    expect(isTrue(edge, of), `${JSON.stringify(edge)} of ${context}`).toBe(true);
  }
}

describe('cycles of models of sessions', () => {
  for (const [name, checker] of Object.entries(SESSION_CHECKERS))
    it(`${name}: every edge is as it says, and the last leads back to the first`, () => {
      let cycles = 0;
      for (let seed = 0; seed < 1500; seed++) {
        const random = chance(seed * 7907 + 5);
        const history = registerHistory(random, registerShape(random));
        const verdict = checker().check(history);
        const anomalies = verdict.type === 'invalid' ? verdict.anomalies : [];
        for (const anomaly of anomalies) expectCycle(history, anomaly, `seed ${seed}: ${JSON.stringify(anomaly)}`);
        cycles += anomalies.filter(({ cycle }) => cycle).length;
      }
      expect(cycles).toBeGreaterThan(100);
    });
});
