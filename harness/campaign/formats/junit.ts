/** A campaign as JUnit XML, which every CI shows: a suite a system, a case a cell. */
import { cellName, flakesOf, isShort, type Outcome, outcomeOf, shortCellText, witnessOf } from '../gate.ts';
import type { Cell, Summary } from '../summary.ts';

/**
 * The XML's text. A refuted cell is a failure, one that failed or is unknown an error,
 * and a known anomaly is skipped with its reason. What was planned and not run is skipped:
 * a cell without any run as its own case, the runs that a cell lacks as a case beside it.
 */
export function junitXml(summary: Summary): string {
  const systems = [...new Set(summary.cells.map(({ system }) => system))];
  const suites = systems.map((system) =>
    suite(
      system,
      summary.cells.filter((cell) => cell.system === system),
      summary,
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="splitbrain">\n${suites.join('\n')}\n</testsuites>\n`;
}

function suite(system: string, cells: readonly Cell[], summary: Summary): string {
  const run = cells.filter(({ notRun }) => !notRun);
  const count = (...wanted: Outcome[]) => run.filter((cell) => wanted.includes(outcomeOf(cell))).length;
  const short = run.filter(isShort).length;
  const numbers = {
    tests: cells.length + short,
    failures: count('refuted'),
    errors: count('failed', 'unknown'),
    skipped: cells.length - run.length + short + run.filter(isSkipped).length,
    time: seconds(cells.reduce((sum, cell) => sum + msOf(cell, summary), 0)),
  };
  const stamp = summary.startedAt === '' ? {} : { timestamp: summary.startedAt.slice(0, 19) };
  const body = cells.flatMap((cell) => casesOf(cell, summary)).join('\n');
  return `  <testsuite${attributes({ name: system, ...numbers, ...stamp })}>\n${body}\n  </testsuite>`;
}

function casesOf(cell: Cell, summary: Summary): readonly string[] {
  const name = `${cell.workload} under ${cell.faults.join(', ') || 'no faults'}`;
  const head = (title: string, ms: number) =>
    `    <testcase${attributes({ classname: cell.system, name: title, time: seconds(ms) })}`;
  const skipped = (says: string) => `>\n      <skipped>${text(says)}</skipped>\n    </testcase>`;
  if (cell.notRun) return [`${head(name, 0)}${skipped(`not run: ${shortCellText(cell)}`)}`];
  const own = `${head(name, msOf(cell, summary))}${isSkipped(cell) ? skipped(`expected: ${cell.expected}`) : endOf(cell, summary)}`;
  return isShort(cell) ? [own, `${head(`${name}: runs not made`, 0)}${skipped(shortCellText(cell))}`] : [own];
}

function endOf(cell: Cell, summary: Summary): string {
  const { says } = cell;
  const outcome = outcomeOf(cell);
  if (outcome === 'held') return '/>';
  const run = witnessOf(summary, cell);
  const lines = [cellName(cell), says, flakesOf(cell), run?.command ? `repeat it: ${run.command}` : ''];
  const kind = outcome === 'refuted' ? 'failure' : 'error';
  const type = Object.keys(cell.anomalies)[0] ?? outcome;
  const body = text(lines.filter((line) => line !== '').join('\n'));
  return `>\n      <${kind}${attributes({ type, message: says })}>${body}</${kind}>\n    </testcase>`;
}

/** A known anomaly, which is no success either. */
function isSkipped(cell: Cell): boolean {
  return outcomeOf(cell) === 'held' && cell.verdict === 'invalid' && cell.expected !== undefined;
}

function msOf(cell: Cell, { cells, ms }: Summary): number {
  return ms[cells.indexOf(cell)] ?? 0;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${text(String(value)).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`)
    .join('');
}

/**
 * Text as XML can hold it: without colours and without characters that it forbids, for which whole files are refused.
 */
function text(raw: string): string {
  return stripped(raw).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function stripped(raw: string): string {
  const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g');
  return [...raw.replaceAll(colours, '')].filter(isAllowed).join('');
}

/** XML 1.0, production 2. */
function isAllowed(character: string): boolean {
  const code = character.codePointAt(0)!;
  if (code < 0x20) return code === 9 || code === 10 || code === 13;
  // Half of a pair stands alone here.
  if (code >= 0xd800 && code <= 0xdfff) return false;
  return code !== 0xfffe && code !== 0xffff;
}
