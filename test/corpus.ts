/**
 * The conformance corpus: histories and verdicts from the tests of other checkers. It lies
 * beside the repository and is no part of it; tests that need it skip loudly where it is absent.
 */
import { existsSync, readFileSync } from 'node:fs';
import { type History, historyOf, type Operation, readHistory } from 'elle-ts';

const FOLDER = new URL('../../shared/corpus/', import.meta.url);

export const hasCorpus = existsSync(FOLDER);
if (!hasCorpus) console.warn(`The corpus is absent (${FOLDER.pathname}): its tests are skipped.`);

/** One case, as its README describes it. */
export interface Case {
  readonly id: string;
  readonly family: string;
  readonly options: Readonly<Record<string, unknown>> | null;
  readonly history?: readonly object[];
  readonly path?: string;
  /** How many events there are, where the history is a file of its own. */
  readonly ops?: number;
  readonly expect: {
    readonly valid?: boolean | 'unknown' | null;
    readonly 'anomaly-types'?: readonly string[];
    readonly not?: readonly string[];
  };
  /** In these histories a read of nil says that nothing is known of what was read. */
  readonly 'nil-reads'?: 'unknown';
  readonly 'well-formed'?: boolean;
  readonly problems?: readonly string[];
  readonly 'timeout-dependent'?: boolean;
}

/** The cases of a file of the corpus: `elle-cli.jsonl`, `histories/index.jsonl`. */
export function casesOf(file: string): Case[] {
  return readFileSync(new URL(file, FOLDER), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case);
}

/** The text of a case's history, an operation a line. */
export function textOf({ history, path }: Case): string {
  if (path !== undefined) return readFileSync(new URL(path, FOLDER), 'utf8');
  return (history ?? []).map((operation) => `${JSON.stringify(operation)}\n`).join('');
}

/**
 * A case's history. Where the case says that a failed swap found another value, which its file does not, it is told so.
 */
export function historyOfCase(one: Case): History {
  const { history } = readHistory(textOf(one), 'jsonl');
  if (one.options?.['failed-cas-means'] !== 'mismatch') return history;
  const told = ({ f, outcome }: Operation): boolean => f === 'cas' && outcome.type === 'fail';
  const mismatch = { type: 'fail', error: 'mismatch' } as const;
  return historyOf(
    [...history].map((operation) => (told(operation) ? { ...operation, outcome: mismatch } : operation)),
    history,
  );
}
