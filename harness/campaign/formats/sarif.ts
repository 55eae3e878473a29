/** A campaign as SARIF 2.1.0, for code scanning: a rule for each anomaly, a result for each cell that shows one. */
import { createHash } from 'node:crypto';
import { version } from '../../store/version.ts';
import {
  cellName,
  flakesOf,
  isShort,
  outcomeOf,
  shortCellText,
  shortfallOf,
  witnessOf,
  worstOutcome,
} from '../gate.ts';
import type { Cell, Summary } from '../summary.ts';

/** Where a system is named: what a result points at. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/**
 * The log as a value. Known anomalies are there too, suppressed with their reasons; runs that were
 * planned and not made are notifications of the tool. `placeOf` says where a system is named.
 */
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
            notifications: [{ id: NOT_MADE, shortDescription: { text: 'Runs that were planned were not made' } }],
          },
        },
        invocations: [invocationOf(summary, placeOf)],
        results,
      },
    ],
  };
}

const NOT_MADE = 'runs-not-made';

function invocationOf(summary: Summary, placeOf: (system: string) => Place): object {
  const notify = (text: string, place?: Place) => ({
    descriptor: { id: NOT_MADE },
    level: 'warning',
    message: { text },
    ...(place ? { locations: [locationOf(place)] } : {}),
  });
  const short = summary.cells.filter(isShort);
  return {
    commandLine: summary.command,
    executionSuccessful: worstOutcome(summary.cells) !== 'failed',
    toolExecutionNotifications: [
      ...shortfallOf(summary).map((says) => notify(says)),
      ...short.map((cell) => notify(`${cellName(cell)}: ${shortCellText(cell)}`, placeOf(cell.system))),
    ],
  };
}

function locationOf({ file, line }: Place): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: encodeURI(file.replace(/^\.\//, '').replaceAll('\\', '/')) },
      region: { startLine: line },
    },
  };
}

function describe(rule: string): string {
  if (rule === 'unknown') return 'Not enough was seen to say whether a claim holds';
  if (rule === 'failed') return 'A run failed, and says nothing of its system';
  return `A history breaks the system's claim: ${rule}`;
}

function resultsOf(cell: Cell, summary: Summary, place: Place) {
  const outcome = outcomeOf(cell);
  const known = cell.gates && cell.verdict === 'invalid' && cell.expected !== undefined;
  // Nothing was seen of a cell that was not run, and nothing is found: a notification says so.
  if ((outcome === 'held' && !known) || cell.notRun) return [];
  const rules = cell.verdict === 'invalid' ? Object.keys(cell.anomalies) : [outcome];
  const short = shortCellText(cell);
  const again = witnessOf(summary, cell)?.command;
  const seen = flakesOf(cell);
  const text = [
    `${cellName(cell)}: ${cell.says}`,
    ...(seen ? [`Seen: ${seen}.`] : []),
    ...(short ? [`Only ${short}.`] : []),
    ...(again ? [`Repeat it: ${again}`] : []),
  ].join('\n');
  return rules.map((ruleId) => ({
    ruleId,
    level: outcome === 'unknown' || known ? 'warning' : 'error',
    message: { text },
    locations: [locationOf(place)],
    partialFingerprints: { 'splitbrain/v1': fingerprint([cell.system, cell.workload, ...cell.faults, ruleId]) },
    ...(known ? { suppressions: [{ kind: 'external', justification: cell.expected }] } : {}),
  }));
}

/** The same alert tomorrow has the same one, whatever seeds showed it. */
function fingerprint(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
