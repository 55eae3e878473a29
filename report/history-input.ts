/** The report of a history from anywhere: its anomalies and its timeline, of which nothing else is known. */
import type { History, Judgement, Verdict } from 'elle-ts';
import { shellWord } from '../harness/setting/command.ts';
import type { RunPageInput } from './run-page.ts';

/** What the report of a history shows that was judged so. Linear in its operations. */
export function historyInput(file: string, history: History, judgement: Judgement): RunPageInput {
  const { type, model, valid, reason = '', anomalies } = judgement;
  const nodes = [...history.columns.nodeNames];
  const name = file.slice(file.lastIndexOf('/') + 1);
  const { length } = history.columns;
  return {
    isHistory: true,
    setting: {
      ...{ system: name, workload: type, cluster: 'processes', seed: 0, nodes, faults: [], callTimeoutMs: 0 },
      options: { nodes, clients: length, durationMs: 0, ratePerSecond: 0, keys: 0, mix: {} },
    },
    plan: { calls: [], faults: [], links: { seed: 0, calm: true, odd: {} } },
    result: {
      verdict: valid === 'unknown' ? 'unknown' : valid ? 'valid' : 'invalid',
      says: saysOf(judgement),
      ...{ claims: [], evidence: [], faults: [], healedMs: 0 },
      checkers: Object.fromEntries(
        Object.entries({ [model]: valid, ...judgement.models }).map(([one, held]) => [
          one,
          verdictOf(held, anomalies, reason),
        ]),
      ),
      traffic: { messages: 0, bytes: 0, kinds: {}, marks: {} },
    },
    history,
    calls: [],
    messages: [],
    logs: {},
    command: `splitbrain check ${shellWord(file)}`,
  };
}

function saysOf({ type, model, valid, reason, anomalies, count }: Judgement): string {
  const what = `${type}, ${count.toLocaleString('en')} operations`;
  if (valid === true) return `${what}: ${model} holds`;
  if (valid === 'unknown')
    return `${what}: whether ${model} holds is unknown: ${reason ?? 'no checker could decide it'}`;
  return `${what}: not ${model}: ${anomalies[0]?.message ?? reason ?? ''}`;
}

/** No more is known of a model that does not hold than that these anomalies were found. */
function verdictOf(held: boolean | 'unknown', anomalies: Judgement['anomalies'], reason: string): Verdict {
  if (held === true) return { type: 'valid' };
  const [first, ...rest] = anomalies;
  if (held === 'unknown' || !first) return { type: 'unknown', reason };
  return { type: 'invalid', anomalies: [first, ...rest] };
}
