/** What a page shows of real software: its nodes' lives, what passed its links, and its logs around the moment. */

import { decoded } from '../harness/checking/bytes.ts';
import type { Result } from '../harness/judging/result.ts';
import type { InjectedFault } from '../harness/running/nemesis.ts';
import type { Lane, LinkRow, Log, Piece, Software } from './page/data.ts';

/** Of a node's log so many lines are kept, half of them before the moment, and never more characters. */
const LOG_LINES = 200;
const LOG_LENGTH = 64_000;

/** Nothing for what is no real software. */
export function softwareOf(
  result: Omit<Result, 'tally'>,
  nodes: readonly string[],
  momentMs: number | null,
): Software | null {
  const { programs, notes = [], watched, faults } = result;
  if (!programs || !watched) return null;
  const { stepMs, leaders, links } = watched;
  const lanes = nodes.map((node): Lane => {
    const leads = runsOf(leaders.map((leader) => (leader === node ? 'leads' : '')));
    const pieces = [...inTime(leads, stepMs), ...faults.flatMap((fault) => pieceOf(fault, node))];
    return { node, pieces };
  });
  const rows = Object.entries(links).flatMap(([link, { bytes, held }]): LinkRow[] => {
    const [from = '', to = '', name = ''] = link.split(' ');
    if (from === to) return [];
    const kinds = bytes.map((count, i) => ((held[i] ?? 0) > 0 ? 'held' : count > 0 ? `level-${levelOf(count)}` : ''));
    const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
    return [{ from, to, name, bytes: sum(bytes), held: sum(held), pieces: inTime(runsOf(kinds), stepMs) }];
  });
  const untilMs = leaders.length * stepMs;
  return { programs, notes, lanes, links: rows.sort(byName), untilMs, momentMs };
}

function byName(a: LinkRow, b: LinkRow): number {
  const [one, other] = [a, b].map(({ name, from, to }) => `${name} ${from} ${to}`) as [string, string];
  return one < other ? -1 : 1;
}

/** 1 for less than a kilobyte in a look, 2 for less than 32, 3 for more. */
function levelOf(bytes: number): number {
  return bytes < 1 << 10 ? 1 : bytes < 1 << 15 ? 2 : 3;
}

interface Stretch {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
}

/** Neighbours that are alike, as one; what is empty is left out. */
function runsOf(kinds: readonly string[]): readonly Stretch[] {
  const runs: { kind: string; from: number; to: number }[] = [];
  kinds.forEach((kind, i) => {
    const last = runs.at(-1);
    if (last?.kind === kind && last.to === i) last.to = i + 1;
    else runs.push({ kind, from: i, to: i + 1 });
  });
  return runs.filter(({ kind }) => kind !== '');
}

function inTime(runs: readonly Stretch[], stepMs: number): readonly Piece[] {
  return runs.map(({ kind, from, to }) => ({ kind, fromMs: from * stepMs, toMs: to * stepMs }));
}

const KINDS: Readonly<Record<string, string>> = { pause: 'paused', crash: 'down', clock: 'clock' };

function pieceOf({ fault, began, fromMs, toMs }: InjectedFault, node: string): readonly Piece[] {
  const kind = KINDS[fault.kind];
  if (kind === undefined || began === 'indeterminate' || !began.targets.includes(node)) return [];
  return [{ kind, fromMs, toMs }];
}

/**
 * The lines of a log around the moment, with a mark where it was, without passwords of addresses; the last lines where
 * there is no moment or nobody knows how long the log was then.
 */
export function logAround(
  node: string,
  text: string,
  { watched }: Pick<Result, 'watched'>,
  momentMs: number | null,
): Log {
  const lines = text.trimEnd().split('\n');
  const at = lineAt(text, node, watched, momentMs);
  const first = Math.max(0, Math.min((at ?? lines.length) - LOG_LINES / 2, lines.length - LOG_LINES));
  const kept = lines.slice(first, first + LOG_LINES).map(redacted);
  if (at !== undefined && momentMs !== null)
    kept.splice(Math.max(0, at - first), 0, `——— about ${(momentMs / 1000).toFixed(1)} s: what the verdict names ———`);
  const shown = kept.join('\n').slice(0, LOG_LENGTH);
  return { node, text: text.trim() === '' ? '' : shown, cut: lines.slice(0, first).join('\n').length };
}

/** The line that was the last one when it was looked first after the moment. */
function lineAt(text: string, node: string, watched: Result['watched'], momentMs: number | null): number | undefined {
  const sizes = watched?.logBytes[node];
  if (!sizes || !watched || momentMs === null) return undefined;
  const size = sizes[Math.min(sizes.length - 1, Math.floor(momentMs / watched.stepMs))];
  if (size === undefined) return undefined;
  return decoded(new TextEncoder().encode(text).subarray(0, size)).split('\n').length - 1;
}

/** Addresses with passwords, and settings of that name. */
function redacted(line: string): string {
  return line
    .replace(/(\b\w{1,20}:\/\/[^\s:/@]{0,100}):[^\s@/]{1,200}@/g, '$1:***@')
    .replace(
      /\b(password|passwd|requirepass|masterauth|secret|token)(\s{0,4}[=: ]\s{0,4})("[^"]*"|'[^']*'|[^\s,;]+)/gi,
      '$1$2***',
    );
}
