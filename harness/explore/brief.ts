/** A run that broke a claim in a few lines: the sentence, what proves it, and the faults. */
import { sketch } from 'elle-ts';
import { faultText } from '../faults/meanings.ts';
import type { Run } from '../judging/result.ts';
import { breaches } from './trial.ts';
import { folded } from './wrap.ts';

/** The sentence, the drawing and the faults have so many lines at most, eight together. */
const SENTENCE = 2;
const DRAWING = 5;

/**
 * What a run showed that breaks a claim, in at most eight lines of this width.
 * None where no claim was broken. `run` may be one that was stored.
 */
export function brief(run: Pick<Run, 'history' | 'result'>, columns: number): readonly string[] {
  const [anomaly] = breaches(run);
  if (!anomaly) return [];
  const refuted = run.result.claims.find(({ verdict }) => verdict.type === 'invalid');
  const claimed = refuted ? `claims ${refuted.claim.model}, but ` : '';
  return [
    ...folded(`${claimed}${anomaly.name}: ${anomaly.message}`, columns, SENTENCE),
    ...sketch(run.history, anomaly, { columns, lines: DRAWING }),
    ...faultLines(run, columns),
  ];
}

function faultLines({ result }: Pick<Run, 'result'>, columns: number): readonly string[] {
  const faults = result.faults.map(({ fault, began, fromMs, toMs }) => {
    return `${faultText({ fault, began })} [${seconds(fromMs)}-${seconds(toMs)} s]`;
  });
  if (faults.length === 0) return [];
  const shown = faults.length > 2 ? [...faults.slice(0, 2), `${faults.length - 2} more`] : faults;
  return folded(`faults: ${shown.join('; ')}`, columns, 1);
}

const seconds = (ms: number): string => (ms / 1000).toFixed(2);
