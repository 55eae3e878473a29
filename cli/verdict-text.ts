/** A judgement as a person reads it in a terminal. */
import { counted } from 'elle-ts';
import type { Checked } from '../harness/checking/check-source.ts';
import { colour } from './colour.ts';
import { EXIT } from './exit.ts';

/** The lines of one history, each with its newline. */
export function verdictText(checked: Checked): string {
  if ('error' in checked) return `${colour('red', '!')} ${checked.file}: ${checked.error}\n`;
  const { file, type, model, models, valid, reason, count, ms, anomalies, certificate, notes } = checked;
  const size = colour('dim', `${counted(count, 'operation')}, ${ms} ms`);
  const lines: string[] = [];
  if (valid === true) lines.push(`${colour('green', '✓')} ${file}: ${type}, ${model}  ${size}`);
  else if (valid === 'unknown') lines.push(`${colour('yellow', '?')} ${file}: ${type}, ${model} is unknown  ${size}`);
  else lines.push(`${colour('red', '✗')} ${file}: ${type}, not ${model}  ${size}`);
  // The reason of a single model is its anomaly's sentence, which follows anyway.
  if (reason !== undefined && (valid === 'unknown' || Object.keys(models).length > 1)) lines.push(`    ${reason}`);
  for (const { name, message, steps } of anomalies.slice(0, SHOWN)) {
    lines.push(`    ${colour('bold', name)}: ${message}`);
    for (const step of steps.slice(0, SHOWN)) lines.push(`      ${step}`);
  }
  if (anomalies.length > SHOWN)
    lines.push(`    and ${counted(anomalies.length - SHOWN, 'more anomaly', 'more anomalies')}`);
  if (certificate !== undefined) lines.push(`    certificate: ${JSON.stringify(certificate)}`);
  for (const note of notes) lines.push(`    ${colour('yellow', 'note')}: ${note}`);
  return `${lines.join('\n')}\n`;
}

const SHOWN = 12;

/** How many histories ended how. */
export function summaryText(codes: readonly number[]): string {
  const of = (code: number): number => codes.filter((one) => one === code).length;
  const parts = [`${of(EXIT.held)} valid`, `${of(EXIT.refuted)} invalid`, `${of(EXIT.unknown)} unknown`];
  if (of(EXIT.failed) > 0) parts.push(`${of(EXIT.failed)} broken`);
  return `\n${codes.length} histories: ${parts.join(', ')}\n`;
}

/** The files that are no histories. */
export function skippedText(paths: readonly string[]): string {
  const more = paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : '';
  return colour('dim', `skipped, for they are no histories: ${paths.slice(0, SHOWN).join(', ')}${more}\n`);
}
