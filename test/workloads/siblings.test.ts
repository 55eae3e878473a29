import { historyOf, type NemesisEvent, type Operation } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { type Siblings, siblingsWorkload } from '../../workloads/siblings.ts';

const [checker] = siblingsWorkload.checkers;

const shown = (...values: number[]) => ({ values, context: {} });
type Step = { node?: string; type?: 'ok' | 'fail' | 'info' } & (
  | { write: number; seen?: readonly number[] }
  | { read: readonly number[] }
);

/** One operation after the other; `heal` stands where faults end. */
function judged(steps: readonly (Step | 'heal')[]): readonly string[] {
  const operations: Operation<Siblings>[] = [];
  const nemesis: NemesisEvent[] = [];
  steps.forEach((step, i) => {
    const times = { start: 2 * i, end: 2 * i + 1, startNs: i, endNs: i };
    if (step === 'heal') nemesis.push({ index: 2 * i, timeNs: i, f: 'heal', value: null });
    else
      operations.push({
        ...operationOf(step),
        ...times,
        process: i,
        node: step.node ?? 'n1',
        key: 'x',
      } as Operation<Siblings>);
  });
  const verdict = checker!.check(historyOf(operations, { nemesis }));
  return verdict.type === 'invalid' ? verdict.anomalies.map(({ name }) => name) : [];
}

function operationOf(step: Step) {
  if ('read' in step) return { f: 'read', input: null, outcome: { type: 'ok', output: shown(...step.read) } };
  const input = { value: step.write, seen: step.seen ? shown(...step.seen) : null };
  const outcome = step.type && step.type !== 'ok' ? { type: step.type, error: 'no' } : { type: 'ok', output: null };
  return { f: 'write', input, outcome };
}

describe('siblings', () => {
  it('stay side by side where no client saw the other', () => {
    expect(judged([{ write: 1 }, { write: 2 }, 'heal', { read: [2, 1] }, { read: [1, 2], node: 'n2' }])).toEqual([]);
  });

  it('go where a client that saw them wrote', () => {
    expect(judged([{ write: 1 }, { write: 2, seen: [1] }, 'heal', { read: [2] }])).toEqual([]);
  });

  it('are lost where they go and nobody who wrote had seen them', () => {
    expect(judged([{ write: 1 }, { write: 2 }, 'heal', { read: [2] }])).toEqual(['lost-sibling']);
  });

  it('are not lost where they were not acknowledged, or may have been replaced', () => {
    expect(judged([{ write: 1, type: 'info' }, { write: 2 }, 'heal', { read: [2] }])).toEqual([]);
    expect(judged([{ write: 1 }, { write: 2, seen: [1], type: 'info' }, 'heal', { read: [] }])).toEqual([]);
  });

  it('are lost where only a write that failed would have replaced them', () => {
    expect(judged([{ write: 1 }, { write: 2, seen: [1], type: 'fail' }, 'heal', { read: [] }])).toEqual([
      'lost-sibling',
    ]);
  });

  it('are never shown beside what replaced them', () => {
    expect(judged([{ write: 1 }, { write: 2, seen: [1] }, { read: [1, 2] }])).toEqual(['replaced-sibling']);
  });

  it('are never shown where nobody wrote them, or writing them had failed or not begun', () => {
    expect(judged([{ read: [7] }])).toEqual(['thin-air-read']);
    expect(judged([{ write: 1, type: 'fail' }, { read: [1] }])).toEqual(['aborted-read']);
    expect(judged([{ read: [1] }, { write: 1 }])).toContain('aborted-read');
  });

  it('are the same at all nodes in the end, whatever nodes showed before', () => {
    const steps: Step[] = [{ write: 1 }, { write: 2 }];
    expect(judged([...steps, 'heal', { read: [1, 2] }, { read: [1], node: 'n2' }])).toEqual(['no-agreement']);
    expect(
      judged([...steps, { read: [1], node: 'n2' }, 'heal', { read: [1], node: 'n2' }, { read: [2, 1], node: 'n2' }]),
    ).toEqual([]);
  });
});
