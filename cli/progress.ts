/**
 * How far a campaign is, on standard error. On a terminal its last line: a bar, what failed so far, the time left.
 * Elsewhere, as in a build's log, a line when a cell is finished, and one a minute in between; GitHub folds them.
 */
import { counted } from 'elle-ts';
import type { CampaignProgress } from '../harness/campaign/campaign-options.ts';
import { cellName, isSurprise } from '../harness/campaign/gate.ts';
import type { Cell } from '../harness/campaign/summary.ts';
import { own } from './harmless.ts';
import { status } from './status.ts';

const BAR = 20;
const MINUTE_MS = 60_000;

export interface Progressing {
  readonly tell: (progress: CampaignProgress) => void;
  /** All has been told: what comes now is the result. */
  end(): void;
}

/** Tells how far a campaign is. */
export function progressing(): Progressing {
  const beganMs = Date.now();
  return process.stderr.isTTY ? onTerminal(beganMs) : inLog(beganMs);
}

function onTerminal(beganMs: number): Progressing {
  let surprises = 0;
  return {
    tell({ done, of, last }) {
      if (isSurprise(last)) surprises++;
      const full = Math.round((BAR * done) / of);
      const leftS = Math.round(((Date.now() - beganMs) / done) * ((of - done) / 1000));
      const failed = surprises > 0 ? `, ${counted(surprises, 'failure')}` : '';
      status(
        `[${'#'.repeat(full).padEnd(BAR)}] ${done} of ${counted(of, 'run')}${failed}, ${leftS} s left: ${cellName(last)}`,
      );
    },
    end: () => status(''),
  };
}

function inLog(beganMs: number): Progressing {
  const isFolded = process.env.GITHUB_ACTIONS === 'true';
  let isOpen = false;
  let toldMs = beganMs;
  const line = (text: string) => {
    if (isFolded && !isOpen) process.stderr.write(`${own('::group::')}runs\n`);
    isOpen = true;
    toldMs = Date.now();
    process.stderr.write(`${text} (${((toldMs - beganMs) / 1000).toFixed(0)} s)\n`);
  };
  return {
    tell({ done, of, last, cell }) {
      if (cell) line(`${done} of ${of}: ${cellName(last)}: ${wordsOf(cell)}`);
      else if (Date.now() - toldMs >= MINUTE_MS) line(`${done} of ${counted(of, 'run')}`);
    },
    end() {
      if (isFolded && isOpen) process.stderr.write(`${own('::endgroup::')}\n`);
    },
  };
}

const WORDS = [
  ['invalid', 'refuted'],
  ['error', 'failed'],
  ['unknown', 'unknown'],
  ['valid', 'held'],
] as const;

/** `held 5/5`, `refuted 2/5 (stale-read), held 3/5`. */
function wordsOf({ verdicts, anomalies }: Pick<Cell, 'verdicts' | 'anomalies'>): string {
  const counts = { ...verdicts, invalid: verdicts.invalid + verdicts.expected };
  const all = WORDS.reduce((sum, [verdict]) => sum + counts[verdict], 0);
  const names = Object.keys(anomalies).join(', ');
  const expected = verdicts.invalid === 0 ? ', as expected' : '';
  const parts = WORDS.flatMap(([verdict, word]) => {
    if (counts[verdict] === 0) return [];
    return [`${word} ${counts[verdict]}/${all}${verdict === 'invalid' && names ? ` (${names}${expected})` : ''}`];
  });
  return parts.join(', ');
}
