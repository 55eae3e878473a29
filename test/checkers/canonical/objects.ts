/** Every history of a few calls of a single object, or of two, once each up to the names of values and processes. */
import { type History, historyOf, NEVER, type Operation } from 'elle-ts';
import { type Layout, type OutcomeType, typesOf } from './layouts.ts';

/** The calls of a datatype, and what they may return. */
export interface Alphabet {
  /** `new` is the next number that nobody has given yet, `any` that or one given before. */
  readonly calls: readonly { readonly f: string; readonly input?: 'new' | 'any' | readonly unknown[] }[];
  /** What an `ok` of the function may return, from what others were given by function; absent: null. */
  readonly outputs?: (f: string, given: (f: string) => readonly unknown[], input: unknown) => readonly unknown[];
  /** The function of each call in turn, where not all are tried. */
  readonly order?: readonly string[];
  /** How many keys there are; 0 where operations have none. */
  readonly keys: number;
  /** Processes move between two nodes, and outputs carry versions, which count the updates of each. */
  readonly nodes?: true;
}

interface ChosenCall {
  readonly f: string;
  readonly input: unknown;
  readonly key?: string;
  readonly node?: number;
}

/** All histories of the layout. */
export function* objectsIn(layout: Layout, alphabet: Alphabet, types: readonly OutcomeType[]): Generator<History> {
  for (const calls of callsOf(layout.process.length, alphabet))
    for (const outcomes of typesOf(layout, types))
      for (const outputs of outputsOf(calls, alphabet, outcomes)) yield historyIn(layout, calls, outcomes, outputs);
}

/** All lists of calls; values and keys are numbered by first use. */
function* callsOf(
  count: number,
  alphabet: Alphabet,
  before: readonly ChosenCall[] = [],
): Generator<readonly ChosenCall[]> {
  if (before.length === count) yield before;
  else for (const call of nextCalls(alphabet, before)) yield* callsOf(count, alphabet, [...before, call]);
}

function nextCalls(alphabet: Alphabet, before: readonly ChosenCall[]): ChosenCall[] {
  const used = before.flatMap(({ input }) => (typeof input === 'number' ? [input] : []));
  const next = Math.max(0, ...used) + 1;
  const keys = ['x', 'y', 'z'].slice(0, Math.min(alphabet.keys, new Set(before.map(({ key }) => key)).size + 1));
  const placed = (alphabet.keys === 0 ? [{}] : keys.map((key) => ({ key }))).flatMap((where) =>
    alphabet.nodes ? (before.length === 0 ? [0] : [0, 1]).map((node) => ({ ...where, node })) : [where],
  );
  const wanted = alphabet.order?.[before.length];
  const calls = alphabet.calls.filter(({ f }) => wanted === undefined || f === wanted);
  return calls.flatMap(({ f, input }) =>
    inputsOf(input, next).flatMap((one) => placed.map((where) => ({ f, input: one, ...where }))),
  );
}

function inputsOf(input: Alphabet['calls'][number]['input'], next: number): readonly unknown[] {
  if (input === undefined) return [null];
  if (input === 'new') return [next];
  return input === 'any' ? Array.from({ length: next }, (_, i) => i + 1) : input;
}

/** All outputs of all calls together. */
function* outputsOf(
  calls: readonly ChosenCall[],
  { outputs, nodes }: Alphabet,
  types: readonly OutcomeType[],
): Generator<readonly unknown[]> {
  const updates = [0, 1].map((node) => calls.filter((call) => call.node === node && !isRead(call.f)).length);
  const choices = calls.map(({ f, key, input, node }, at) => {
    if (types[at] !== 'ok') return [null];
    const given = (g: string): unknown[] => calls.flatMap((c) => (c.f === g && c.key === key ? [c.input] : []));
    const values = outputs?.(f, given, input) ?? [null];
    if (!nodes) return values;
    const own = calls.slice(0, at + 1).filter((c) => c.node === node && !isRead(c.f)).length;
    return values.flatMap((value) =>
      versionsOf(updates as [number, number], isRead(f) ? null : [node as number, own]).map((version) => ({
        value,
        version,
      })),
    );
  });
  let some: unknown[][] = [[]];
  for (const values of choices) some = some.flatMap((before) => values.map((one) => [...before, one]));
  yield* some;
}

const isRead = (f: string): boolean => f === 'read' || f === 'contains';

/** What an operation may know of the updates of both nodes: an update is its node's last so far. */
function versionsOf(
  [one, other]: readonly [number, number],
  own: readonly [node: number, count: number] | null,
): Record<string, number>[] {
  const upTo = (most: number, node: number): number[] =>
    own?.[0] === node ? [own[1]] : Array.from({ length: most + 1 }, (_, count) => count);
  return upTo(one, 0).flatMap((n0) => upTo(other, 1).map((n1) => ({ n0, n1 })));
}

function historyIn(
  { process, start, end }: Layout,
  calls: readonly ChosenCall[],
  types: readonly OutcomeType[],
  outputs: readonly unknown[],
): History {
  return historyOf(
    calls.map(({ node, ...call }, i): Operation => {
      const type = types[i] as OutcomeType;
      const begin = start[i] as number;
      return {
        ...call,
        process: process[i],
        ...(node === undefined ? {} : { node: `n${node}` }),
        outcome:
          type === 'ok' ? { type, output: outputs[i] } : { type, error: type === 'info' ? 'timeout' : 'refused' },
        start: begin,
        end: type === 'info' ? NEVER : end[i],
        startNs: begin * 1e6,
        endNs: (end[i] as number) * 1e6,
      } as unknown as Operation;
    }),
  );
}

/** All sets of the values. */
export function subsetsOf(values: readonly unknown[]): unknown[][] {
  return values.reduce<unknown[][]>((some, value) => some.flatMap((one) => [one, [...one, value]]), [[]]);
}
