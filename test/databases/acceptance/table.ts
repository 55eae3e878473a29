/** What came of the rows, as a table. */
import type { Row } from './rows.ts';

/** A run that was made. */
export interface Made {
  readonly row: string;
  /** Empty for the row itself, else its control's name. */
  readonly which: string;
  readonly seed: number;
  readonly code: number;
  readonly seconds: number;
  readonly command: string;
  readonly verdict: 'valid' | 'invalid' | 'unknown' | 'failed';
  readonly says: string;
  /** Names of the refuted claim's anomalies; the one that the verdict names is first. */
  readonly anomalies?: readonly string[];
  readonly strongest?: readonly string[];
  readonly starvedMs?: number;
}

/** A row is found by two of three seeds, and its controls are never refuted and never fail. */
export function summaryOf({ id, anomalies: wanted, also, controls, budgetS }: Row, made: readonly Made[]) {
  const own = made.filter(({ row }) => row === id);
  const runs = own.filter(({ which }) => which === '');
  const found = runs.filter(
    ({ anomalies: [first = '', ...rest] = [] }) =>
      wanted.includes(first) && (also === undefined || [first, ...rest].includes(also)),
  );
  const clean = controls.map(({ what }) => {
    const those = own.filter(({ which }) => which === what);
    return { what, valid: those.filter(({ verdict }) => verdict === 'valid').length, of: those.length };
  });
  const isClean = own.every(({ which, verdict }) => which === '' || verdict === 'valid');
  return {
    ...{ runs, found: found.length, clean, within: runs.filter(({ seconds }) => seconds <= budgetS).length },
    holds: found.length * 3 >= runs.length * 2 && isClean,
  };
}

/** In Markdown, a line a row. */
export function tableOf(rows: readonly Row[], made: readonly Made[]): string {
  const lines = rows.map((row) => {
    const { runs, found, clean, within } = summaryOf(row, made);
    const anomalies = [...new Set(runs.map(({ anomalies: [first] = [], verdict }) => first ?? `(${verdict})`))].join(
      ', ',
    );
    const controls = clean.map(
      ({ what, valid, of }) => `${what}: ${of === 0 ? 'not made' : `${valid} of ${of} valid`}`,
    );
    const seconds = runs.map((run) => run.seconds).join(', ');
    const cells = [row.id, row.what, `${found} of ${runs.length}`, anomalies, controls.join('; '), `${seconds} s`];
    return `| ${[...cells, `${within} of ${runs.length} in ${row.budgetS} s`].join(' | ')} |`;
  });
  const head = '| row | what | found | first anomaly | controls | took | budget |\n|---|---|---|---|---|---|---|';
  return [head, ...lines].join('\n');
}
