/**
 * Random operations of every datatype of the registry, right
 * or wrong, with inputs and outputs as its functions have them.
 */
import { datatypes, type Operation, type Outcome, type Shape } from 'elle-ts';

export type Draw = () => number;
type Anything = Record<string, (input: unknown) => unknown>;
export type Drawn = Operation<Anything>;

export function draws(seed: number): Draw {
  let state = (seed * 2654435761 + 1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const below = (draw: Draw, n: number): number => Math.floor(draw() * n);
export const pick = <T>(draw: Draw, items: readonly T[]): T => items[below(draw, items.length)] as T;

const small = (draw: Draw): number => below(draw, 4);
const smallOrNull = (draw: Draw): number | null => (draw() < 0.3 ? null : small(draw));
const list = (draw: Draw): number[] => Array.from({ length: below(draw, 4) }, () => small(draw));
const key = (draw: Draw): string => pick(draw, ['x', 'y']);

type Mop = readonly unknown[];
/** By datatype: a micro-operation as asked for, and with a result. */
const MOPS: Readonly<Record<string, (draw: Draw, id: number) => readonly [asked: Mop, done: Mop]>> = {
  'list-append': (draw, id) => written(draw, id, 'append', list),
  'rw-register': (draw, id) => written(draw, id, 'w', smallOrNull),
  'multi-register': (draw, id) => written(draw, id, 'w', smallOrNull),
  'long-fork': (draw, id) => written(draw, id, 'w', smallOrNull),
  'predicate-registers': (draw, id) =>
    draw() < 0.3
      ? [
          ['rp', 'true', null],
          ['rp', 'true', { x: small(draw) }],
        ]
      : written(draw, id, 'w', smallOrNull),
  log: (draw, id) => {
    const at = key(draw);
    const polled = { [at]: [[small(draw), small(draw)]] };
    if (draw() < 0.5) return [['poll'], ['poll', polled]];
    return [
      ['send', at, id],
      ['send', at, draw() < 0.5 ? [small(draw), id] : id],
    ];
  },
};

function written(draw: Draw, id: number, kind: string, read: (draw: Draw) => unknown): readonly [Mop, Mop] {
  const at = key(draw);
  const write = [kind, at, id];
  return draw() < 0.5
    ? [write, write]
    : [
        ['r', at, null],
        ['r', at, read(draw)],
      ];
}

/** What reads of a datatype return where that is neither a list nor any number, and what its updates are given. */
const READS: Readonly<Record<string, (draw: Draw) => unknown>> = {
  register: smallOrNull,
  kv: (draw) => pick(draw, ['', 'a', 'ab', 'b']),
  cache: smallOrNull,
  counter: small,
  bank: (draw) => ({ x: small(draw), y: small(draw) }),
  'g-counter': small,
  'replicated-counter': small,
  'pn-counter': small,
  'lww-register': smallOrNull,
  'lww-map': smallOrNull,
};

const GIVEN: Readonly<Record<string, (draw: Draw, type: string) => unknown>> = {
  cas: (draw) => [small(draw), small(draw)],
  put: (draw) => pick(draw, ['a', 'b']),
  append: (draw, type) => (type === 'kv' ? pick(draw, ['a', 'b']) : { token: small(draw) }),
  transfer: (draw) => ({ from: 'x', to: 'y', amount: small(draw) }),
  insert: (draw, type) =>
    type === 'list' ? { value: small(draw), after: smallOrNull(draw) } : [1, [small(draw), null]],
  init: () => ({ x: 0, y: 1 }),
  set: (draw) => ({ value: small(draw), ttlMs: 5 }),
  acquire: (_, type) => (type === 'lease-lock' ? { ttlMs: 5 } : null),
  renew: () => ({ ttlMs: 5 }),
  release: () => null,
  assign: () => ['x'],
  subscribe: () => ['x'],
  crash: () => null,
  'debug-topic-partitions': () => null,
};

/** Draws what a read may return: a list, where its record allows one, and else a number. */
const fittingRead = (returns: Shape): ((draw: Draw) => unknown) => (returns.fits([0]) ? list : small);

/** One call of a datatype's function and what it returned. */
function callOf(draw: Draw, type: string, f: string, id: number): { input: unknown; output: unknown } {
  const record = datatypes.find(({ name }) => name === type)!.functions[f]!;
  if (record.micro) {
    const mops = Array.from({ length: 1 + below(draw, 3) }, (_, i) => MOPS[type]!(draw, id * 10 + i));
    return { input: mops.map(([asked]) => asked), output: mops.map(([, done]) => done) };
  }
  const input = record.takes ? (GIVEN[f] ?? small)(draw, type) : null;
  if (!record.returns) return { input, output: null };
  if (f === 'contains') return { input, output: draw() < 0.5 };
  // A completion that tells nothing repeats the input, which a null output could not be told from.
  if (record.updates && f !== 'acquire' && f !== 'renew') return { input, output: id };
  if (f === 'acquire' || f === 'renew') return { input, output: { token: id } };
  if (f === 'generate') return { input, output: draw() < 0.1 ? 1 : id };
  if (f === 'get' || f === 'read') return { input, output: (READS[type] ?? fittingRead(record.returns))(draw) };
  if (f === 'drain') return { input, output: list(draw) };
  return { input, output: smallOrNull(draw) };
}

/** A history of a few processes, whose calls may overlap, of a datatype's own functions. */
export function drawOperations(seed: number, type: string, length = 8): Drawn[] {
  const draw = draws(seed);
  const functions = Object.keys(datatypes.find(({ name }) => name === type)!.functions);
  const open: (Drawn | undefined)[] = [];
  const operations: Drawn[] = [];
  let index = 0;
  let process = 3;
  while (operations.length < length || open.some((one) => one)) {
    const at = below(draw, 3);
    const running = open[at];
    if (running) {
      const last = index++;
      const done = { ...running, end: last, endNs: last * 1e6 } as Drawn;
      operations[operations.indexOf(running)] =
        done.outcome.type === 'info' ? { ...done, end: Number.MAX_SAFE_INTEGER } : done;
      open[at] = undefined;
      continue;
    }
    if (operations.length >= length) continue;
    const f = pick(draw, functions);
    const { input, output } = callOf(draw, type, f, operations.length + 1);
    const luck = draw();
    const outcome: Outcome<unknown> =
      luck < 0.75
        ? { type: 'ok', output }
        : luck < 0.88
          ? { type: 'fail', error: refusalOf(type, f, draw) }
          : { type: 'info', error: 'timeout' };
    const start = index++;
    const operation = {
      process: outcome.type === 'info' ? process++ : at,
      f,
      input,
      outcome,
      start,
      end: start,
      startNs: start * 1e6,
      endNs: start * 1e6,
    } as Drawn;
    operations.push(operation);
    open[at] = operation;
  }
  return operations;
}

function refusalOf(type: string, f: string, draw: Draw): string {
  const { refusal } = datatypes.find(({ name }) => name === type)!.functions[f]!;
  return refusal !== undefined && draw() < 0.6 ? refusal : 'no';
}
