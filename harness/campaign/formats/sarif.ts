/** A campaign as SARIF 2.1.0, for code scanning: a rule for each anomaly, a result for each cell that shows one. */
import { createHash } from 'node:crypto';
import { version } from '../../version.ts';
import { cellName, flakesOf, outcomeOf, witnessOf } from '../gate.ts';
import type { Cell, Summary } from '../summary.ts';

/** Where a system is named: what a result points at. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** The log as a value. Known anomalies are there too, suppressed with their reasons. `placeOf` says where a system is named. */
export function sarifLog(summary: Summary, placeOf: (system: string) => Place): object {
  const results = summary.cells.flatMap((cell) => resultsOf(cell, summary, placeOf(cell.system)));
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'splitbrain',
            version,
            informationUri: 'https://www.npmjs.com/package/splitbrain',
            rules: rules.map((id) => ({ id, shortDescription: { text: describe(id) } })),
          },
        },
        results,
      },
    ],
  };
}

function describe(rule: string): string {
  if (rule === 'unknown') return 'Too little was seen to say whether a claim holds';
  if (rule === 'failed') return 'A run failed, and says nothing of its system';
  return `A history breaks the system's claim: ${rule}`;
}

function resultsOf(cell: Cell, summary: Summary, place: Place) {
  const outcome = outcomeOf(cell);
  const known = cell.gates && cell.verdict === 'invalid' && cell.expected !== undefined;
  if (outcome === 'held' && !known) return [];
  const rules = cell.verdict === 'invalid' ? Object.keys(cell.anomalies) : [outcome];
  const again = witnessOf(summary, cell)?.command;
  const seen = flakesOf(cell);
  const text = [
    `${cellName(cell)}: ${cell.says}`,
    ...(seen ? [`Seen: ${seen}.`] : []),
    ...(again ? [`Repeat it: ${again}`] : []),
  ].join('\n');
  return rules.map((ruleId) => ({
    ruleId,
    level: outcome === 'unknown' || known ? 'warning' : 'error',
    message: { text },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(place.file.replace(/^\.\//, '').replaceAll('\\', '/')) },
          region: { startLine: place.line },
        },
      },
    ],
    partialFingerprints: { 'splitbrain/v1': fingerprint([cell.system, cell.workload, ...cell.faults, ruleId]) },
    ...(known ? { suppressions: [{ kind: 'external', justification: cell.expected }] } : {}),
  }));
}

/** The same alert tomorrow has the same one, whatever seeds showed it. */
function fingerprint(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
