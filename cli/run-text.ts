/** A run's result as a person reads it in a terminal, and the command that repeats it. */
import { join } from 'node:path';
import { counted } from 'elle-ts';
import { shareText } from '../harness/judging/answered.ts';
import { type Beyond, beyondClaims } from '../harness/judging/beyond.ts';
import type { Result, RunRecord } from '../harness/judging/result.ts';
import { shellWord } from '../harness/setting/command.ts';
import { typed } from './called.ts';
import { colour } from './colour.ts';

const SHOWN_STEPS = 12;
const SHOWN_NOTES = 8;
const MARKS = { valid: colour('green', '✓'), invalid: colour('red', '✗'), unknown: colour('yellow', '?') };

/** What was found, on which evidence, and how to see it again. */
export function runText({ setting, result }: RunRecord, command: string, folder: string): string {
  const { verdict, says, claims, evidence } = result;
  const beyond = verdict === 'valid' ? beyondClaims(result) : undefined;
  // A claim that was kept is no reason to leave out what was found beyond it.
  const mark = beyond ? colour('yellow', '✓') : MARKS[verdict];
  const lines = [`${mark} ${verdict}: ${says}`, `  seed ${setting.seed}`];
  if (claims.length > 0) lines.push('  claims');
  for (const { claim, verdict: own } of claims) {
    const words = [claim.model, `available: ${claim.available}`, `durable: ${claim.durable}`];
    if (claim.converges) words.push('converges');
    if (claim.answered !== undefined) words.push(`answers ${shareText(claim.answered)} of calls`);
    lines.push(`    ${MARKS[own.type]} ${words.join(', ')}, under ${claim.under.join(', ') || 'no faults'}`);
  }
  lines.push('  evidence', ...evidence.map((item) => `    ${item.enough ? MARKS.valid : MARKS.unknown} ${item.says}`));
  lines.push(...noteLines(result), ...anomalyLines(result, beyond), ...placementLines(result), ...programLines(result));
  lines.push(`  report  ${join(folder, 'report.html')}`, `  again   ${command}`);
  if (verdict === 'invalid') lines.push(`  next    splitbrain shrink ${shellWord(folder)}`);
  return typed(`${lines.join('\n')}\n`);
}

/** What operators did: the first, as a chore may be done thousands of times. */
function noteLines({ notes = [] }: Result): string[] {
  if (notes.length === 0) return [];
  const shown = notes.slice(0, SHOWN_NOTES).map(({ atMs, says }) => `    ${(atMs / 1000).toFixed(1)} s: ${says}`);
  const more = notes.length > SHOWN_NOTES ? [`    and ${notes.length - SHOWN_NOTES} more`] : [];
  return ['  notes', ...shown, ...more];
}

/** What there is to say of a program beside its verdict. */
function programLines({ protocol = [], repeated }: Result): string[] {
  const sorts = new Map<string, { readonly first: string; readonly times: number }>();
  for (const { sort, says, times } of protocol) {
    const known = sorts.get(sort);
    sorts.set(sort, { first: known?.first ?? says[0] ?? '', times: (known?.times ?? 0) + times });
  }
  return [
    ...(sorts.size > 0 ? ['  not as the protocol says'] : []),
    ...[...sorts].map(
      ([sort, { first, times }]) => `    ${sort}, ${times} ${times === 1 ? 'time' : 'times'}: ${first}`,
    ),
    ...(repeated === undefined ? [] : [`  repeated ${repeated} of ${repeated} times`]),
  ];
}

/** The first anomaly, one that refutes a claim before any other. */
function anomalyLines({ claims, checkers }: Result, beyond: Beyond | undefined): string[] {
  const verdicts = [...claims.map(({ verdict }) => verdict), ...Object.values(checkers)];
  const refuted = verdicts.find(({ type }) => type === 'invalid');
  if (refuted?.type !== 'invalid') return [];
  const { name, message, steps } = refuted.anomalies[0];
  const more = steps.length > SHOWN_STEPS ? [`      and ${counted(steps.length - SHOWN_STEPS, 'more step')}`] : [];
  return [
    beyond ? '  first anomaly beyond the claim' : '  first anomaly',
    `    ${colour('bold', name)}: ${message}`,
    ...steps.slice(0, SHOWN_STEPS).map((step) => `      ${step}`),
    ...more,
  ];
}

/**
 * Where the history stands among all models: what holds, and what
 * keeps it from more, the first of each name with its operations.
 */
function placementLines({ placement }: Result): string[] {
  if (!placement) return [];
  const { strongest, anomalies, unknown } = placement;
  const kinds = new Map(anomalies.toReversed().map((anomaly) => [anomaly.name, anomaly]));
  return [
    `  holds   ${strongest.join(', ') || 'no model'}`,
    ...[...kinds.values()].toReversed().map(({ name, operations }) => {
      return `    ruled out by ${name} in ${operations.length === 1 ? 'operation' : 'operations'} ${operations.join(', ')}`;
    }),
    ...(unknown.length > 0 ? [`    not decided: ${unknown.join(', ')}`] : []),
  ];
}
