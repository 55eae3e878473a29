/**
 * An anomaly as it is drawn outside of the page: its operations and, where it carries a cycle, the edges between them.
 */
import type { History, Operation } from 'elle-ts';
import { callText, membersText, transactionText } from './page/call-text.ts';
import type { Told } from './page/data.ts';
import { edgeText } from './page/edge-text.ts';

/** What a drawing shows. All texts are printable; none is escaped for any format. */
export interface Drawing {
  readonly title: string;
  /** The operations, those on the cycle first and in its order. */
  readonly nodes: readonly DrawnNode[];
  /** By places in `nodes`; none where the anomaly is no cycle, or one too long to draw. */
  readonly edges: readonly DrawnEdge[];
  readonly steps: readonly string[];
}

export interface DrawnNode {
  /** `T1`, `T2`, ... on the cycle; `operation 12` for others. */
  readonly name: string;
  readonly start: number;
  /** What it asked and was answered, by which process. */
  readonly text: string;
  readonly onCycle: boolean;
}

interface DrawnEdge {
  readonly from: number;
  readonly to: number;
  /** The kind, and the key where there is one. */
  readonly label: string;
  readonly why: string;
}

const LONGEST = 160;
const LONGEST_KEY = 24;

/** What there is to draw of an anomaly. */
export function drawingOf(history: History, { name, message, operations, steps, cycle }: Told): Drawing {
  const places = new Map((cycle ?? []).map(({ from }, place) => [from, place]));
  const others = operations.filter((start) => !places.has(start));
  const found = operationsOf(history, new Set(operations));
  const nodes = [...places.keys(), ...others].map((start): DrawnNode => {
    const place = places.get(start);
    const operation = found.get(start);
    const text = operation ? `${operationText(operation)} (process ${operation.process})` : '';
    return {
      name: place === undefined ? `operation ${start}` : `T${place + 1}`,
      start,
      text: short(text, LONGEST),
      onCycle: place !== undefined,
    };
  });
  const edges = (cycle ?? []).map((edge, from) => ({
    from,
    to: places.get(edge.to) ?? 0,
    label: [edgeText(edge), short(edge.key ?? '', LONGEST_KEY)].filter((part) => part !== '').join(', '),
    why: printable(edge.why),
  }));
  return { title: printable(`${name}: ${message}`), nodes, edges, steps: steps.map(printable) };
}

function operationsOf(history: History, wanted: ReadonlySet<number>): ReadonlyMap<number, Operation> {
  const found = new Map<number, Operation>();
  const { start } = history.columns;
  for (let row = 0; row < history.length; row++)
    if (wanted.has(start[row]!)) found.set(start[row]!, history.operation(row));
  return found;
}

/** What was asked and answered in one line, as on the page. */
export function operationText({ f, key, input, outcome }: Operation): string {
  const json = (value: unknown): string => (value === null || value === undefined ? '' : JSON.stringify(value));
  const told = outcome.type === 'ok' ? json(outcome.output) : '';
  const transaction = transactionText(told || json(input), told !== '');
  const call = transaction ?? callText(f, key, json(input));
  if (outcome.type === 'fail') return `${call}, refused`;
  if (outcome.type === 'info') return `${call}, no answer`;
  const returned = transaction === undefined ? membersText(told) : '';
  return returned === '' ? call : `${call} → ${returned}`;
}

function short(text: string, longest: number): string {
  const shown = printable(text);
  return shown.length <= longest ? shown : `${shown.slice(0, wholeUpTo(shown, longest - 1))}…`;
}

/** At most so many places of a text, without half of a character. */
export function wholeUpTo(text: string, end: number): number {
  return text.codePointAt(end - 1)! > 0xffff ? end - 1 : end;
}

/** A text without characters that are not to be seen or turn others around: those are written as their numbers. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF]/gu, (character) => {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}
