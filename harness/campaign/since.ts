/** What a failure is beside an earlier result: new, or known; and how sure its rate is. */
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { BadInput, unreadText } from '../failure.ts';
import { wilson } from '../judging/metrics/consistency.ts';
import { parsedJson } from '../setting/reading.ts';
import { shareOf } from './gate.ts';
import type { Cell } from './summary.ts';

/** The failures of an earlier result. */
export interface Earlier {
  /** What it is called: its folder's name. */
  readonly name: string;
  /** Its cells with an anomaly, as `keyOf` names them. */
  readonly known: ReadonlySet<string>;
}

/** Reads the failures of the campaign in this folder. Throws `BadInput` where there is none. */
export function earlierIn(folder: string): Earlier {
  const file = join(folder, 'summary.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadInput(`--since: ${unreadText(file, error)}`);
  }
  const { cells } = parsedJson(text, file) as { readonly cells?: unknown };
  if (!Array.isArray(cells)) throw new BadInput(`--since: ${file} is not the summary of a campaign: it has no cells`);
  const known = (cells as readonly Cell[]).flatMap((cell) =>
    Object.keys(cell.anomalies ?? {}).map((anomaly) => keyOf(cell, anomaly)),
  );
  return { name: basename(resolve(folder)), known: new Set(known) };
}

/** `new since main, 95% 12-77%`: whether an earlier result has a cell's anomalies, too, and the rate's interval. */
export function newsOf(cell: Cell, earlier: Earlier | undefined): string {
  const [worst] = Object.entries(cell.anomalies).sort((a, b) => b[1] - a[1]);
  if (!worst) return '';
  const [anomaly, count] = worst;
  const { judged } = shareOf(cell);
  const { low, high } = wilson(count, judged);
  const rate = judged > 1 ? [`95% ${percent(low)}-${percent(high)}%`] : [];
  const fresh = Object.keys(cell.anomalies).filter((name) => !earlier?.known.has(keyOf(cell, name)));
  if (!earlier) return rate.join('');
  if (fresh.length === 0) return [`also in ${earlier.name}`, ...rate].join(', ');
  const named = fresh.length === 1 && fresh[0] === anomaly ? 'new' : `${fresh.join(', ')} new`;
  return [`${named} since ${earlier.name}`, ...rate].join(', ');
}

function keyOf({ system, workload, faults }: Cell, anomaly: string): string {
  return JSON.stringify([system, workload, faults, anomaly]);
}

function percent(share: number): number {
  return Math.round(share * 100);
}
