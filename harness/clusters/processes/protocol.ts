/**
 * What a child and the harness say to each other: a frame is a JSON array of entries, an
 * entry is an array that begins with a word. What a child says is checked by hand before
 * it is believed, for a system's code runs in the same process and may say anything.
 */

import type { NodeId } from '../../../systems/node.ts';
import type { ClockFault } from '../../faults/clock.ts';
import type { DiskFault } from '../../faults/disk.ts';
import type { CallOutcome } from '../../node/thrown.ts';
import type { Frame } from '../../node/world.ts';
import type { Source } from '../../setting/sources.ts';

/** All that a child is told when it starts, in its environment. */
export interface ChildSetting {
  /** A built-in system's name, or the module and export of a user's own. */
  readonly system: Source;
  readonly id: NodeId;
  readonly nodes: readonly NodeId[];
  readonly seed: number;
  /** How many times the node has started before. */
  readonly life: number;
  readonly diskFile: string;
  readonly fsync: boolean;
  /** Where the switch listens, and what proves to it that this child is one of its own. */
  readonly port: number;
  readonly token: string;
  /** Whether messages are to say what caused them. */
  readonly journal: boolean;
}

/** The variable of the environment that holds a `ChildSetting` as JSON. */
export const SETTING_VARIABLE = 'SPLITBRAIN_NODE';

/** A message's body and what names it; `re` is 0 where it answers nothing. */
export type Sent = readonly [
  word: 'message',
  identity: number,
  cause: string,
  root: string,
  to: NodeId,
  kind: string,
  type: Frame['type'],
  re: number,
  body: unknown,
];

export type FromChild =
  | Sent
  | readonly [word: 'answer', call: number, how: CallOutcome, value: unknown]
  | readonly [word: 'told', question: number, value: unknown]
  | readonly [word: 'mark', name: string]
  | readonly [word: 'hit', fault: number]
  | readonly [word: 'fell', reason: string]
  | readonly [word: 'broke', reason: string]
  /**
   * The system's code threw an error that is no refusal; `wrong` is the sentence for one that only wrong code throws.
   */
  | readonly [word: 'threw', where: string, says: string, wrong: string | null]
  /** The system broke its contract; the sentence is whole. */
  | readonly [word: 'failed', sentence: string]
  /** The system's code threw what nobody caught, or left a rejected promise unhandled. */
  | readonly [word: 'uncaught', sentence: string]
  | readonly [word: 'ready'];

/** What the harness may ask a child: of its system, of its clock, or for how long it was starved. */
export type Question = 'state' | 'now' | 'members' | 'starved';

export type ToChild =
  | readonly [
      word: 'message',
      copy: number,
      identity: number,
      root: string,
      from: NodeId,
      kind: string,
      type: Frame['type'],
      re: number,
      body: unknown,
    ]
  | readonly [word: 'operate', call: number, id: number, f: string, input: unknown, key: string | null]
  | readonly [word: 'ask', question: number, what: Question]
  | readonly [word: 'members', members: readonly NodeId[]]
  | readonly [word: 'clock', fault: ClockFault, beganMs: number]
  | readonly [word: 'disk', fault: DiskFault]
  | readonly [word: 'end', fault: number]
  | readonly [word: 'heal'];

const TYPES: readonly unknown[] = ['send', 'request', 'reply', 'refusal'];
const OUTCOMES: readonly unknown[] = ['ok', 'declined', 'refused', 'unsure', 'threw'];
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown) => typeof value === 'string';

/** For each word, whether what follows it is what it must be. */
const CHECKS: Readonly<Record<FromChild[0], (entry: readonly unknown[]) => boolean>> = {
  message: ([, identity, cause, root, to, kind, type, re]) =>
    isCount(identity) &&
    isText(cause) &&
    isText(root) &&
    isText(to) &&
    isText(kind) &&
    TYPES.includes(type) &&
    isCount(re),
  answer: ([, call, how]) => isCount(call) && OUTCOMES.includes(how),
  told: ([, question]) => isCount(question),
  mark: ([, name]) => isText(name),
  hit: ([, fault]) => isCount(fault),
  fell: ([, reason]) => isText(reason),
  broke: ([, reason]) => isText(reason),
  threw: ([, where, says, wrong]) => isText(where) && isText(says) && (wrong === null || isText(wrong)),
  failed: ([, sentence]) => isText(sentence),
  uncaught: ([, sentence]) => isText(sentence),
  ready: () => true,
};

/** The entries of a frame that a child sent. Throws, with the reason in words, when it is not one. */
export function entriesOf(text: string): readonly FromChild[] {
  const frame: unknown = JSON.parse(text);
  if (!Array.isArray(frame)) throw new TypeError('a frame is an array');
  for (const entry of frame) {
    const word: unknown = Array.isArray(entry) ? entry[0] : undefined;
    const check = typeof word === 'string' && Object.hasOwn(CHECKS, word) ? CHECKS[word as FromChild[0]] : undefined;
    if (!check?.(entry)) throw new TypeError(`no child may say ${JSON.stringify(entry).slice(0, 200)}`);
  }
  return frame as FromChild[];
}
