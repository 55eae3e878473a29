/**
 * What calls of the main phase did, and not only that they were made: an effect is a success,
 * or a failure that tells what was found. Counted by function, for transactions by micro-operation
 * too, and by thirds of the main phase, as effects at its beginning alone say nothing of the rest.
 */
import { type Columns, functionsOf, interfaces, type Offered, OK } from 'elle-ts';
import type { Workload } from '../../workloads/workload.ts';
import { isObservation, type Recorded } from './responses.ts';

/** Counts in each third of the main phase. */
export type Thirds = readonly [number, number, number];

export interface Effects {
  /** Calls, or micro-operations, that began in each third, and those of them that had an effect. */
  readonly called: Thirds;
  readonly effects: Thirds;
  /** Of what observes: how often it told something, and not that nothing is there. */
  readonly told?: number;
  /** The function comes or succeeds seldom by nature: one effect is enough. */
  readonly rare?: true;
}

export interface MainPhase {
  /** By function; the micro-operations of transactions as `txn r`, `txn w`, `txn append`. */
  readonly effects: Readonly<Record<string, Effects>>;
  /** Keys that were asked for, and those of them on which something had an effect. */
  readonly keys: { readonly asked: number; readonly moved: number };
}

interface Counting {
  called: [number, number, number];
  effects: [number, number, number];
  told: number;
  readonly observes: boolean;
}

type Mop = readonly [f: string, key?: unknown, value?: unknown];

/**
 * Counts the effects of calls that began before the main phase was over: it was
 * to last `durationMs`, and was over at `endedMs`. O(size of the transactions).
 */
export function effectsIn(
  recorded: Recorded,
  { datatype, rare = [] }: Pick<Workload, 'datatype' | 'rare'>,
  { durationMs, endedMs }: { readonly durationMs: number; readonly endedMs: number },
): MainPhase {
  const { columns } = recorded.history;
  const records = columns.fNames.map((f) => recordOf(datatype, f));
  const counted = new Map<string, Counting>();
  const keys = new Map<unknown, boolean>();
  const count = (name: string, observes: boolean, third: number, effect: boolean, told: boolean) => {
    const of = counted.get(name) ?? { called: [0, 0, 0], effects: [0, 0, 0], told: 0, observes };
    counted.set(name, of);
    of.called[third]!++;
    if (effect) of.effects[third]!++;
    if (told) of.told++;
  };
  const touch = (key: unknown, effect: boolean) => keys.set(key, effect || keys.get(key) === true);
  for (let row = 0; row < columns.length; row++) {
    const startMs = columns.startNs[row]! / 1e6;
    if (startMs >= endedMs) continue;
    const third = Math.min(2, Math.floor((startMs * 3) / durationMs));
    const f = columns.fNames[columns.f[row]!]!;
    const record = records[columns.f[row]!];
    const isOk = columns.type[row] === OK;
    const effect = isOk || isObservation(columns, row, datatype);
    const observes = record?.returns !== undefined && !record.updates;
    count(f, observes, third, effect, observes && isOk && !isNothing(columns.output[row]));
    if (columns.key[row]! >= 0) touch(columns.keyNames[columns.key[row]!], effect);
    if (record?.micro !== 'always') continue;
    for (const [mop, found] of mopsOf(columns, row)) {
      const isRead = mop[0] === 'r' || mop[0] === 'rp';
      const did = isOk && (isRead ? !isNothing(found?.[2]) : isSame(mop, found));
      count(`${f} ${mop[0]}`, false, third, did, false);
      if (mop[0] !== 'rp') touch(mop[1], isOk);
    }
  }
  return {
    effects: Object.fromEntries([...counted].map(([name, of]) => [name, settled(of, rare.includes(name))])),
    keys: { asked: keys.size, moved: [...keys.values()].filter((moved) => moved).length },
  };
}

function settled({ called, effects, told, observes }: Counting, rare: boolean): Effects {
  return { called, effects, ...(observes ? { told } : {}), ...(rare ? { rare } : {}) };
}

/** What is known of a function: by its datatype, or by any that its interface offers. */
function recordOf(datatype: Offered, f: string) {
  const offered = interfaces.find(({ name }) => name === datatype)?.datatypes ?? [];
  return [datatype, ...offered].map((one) => functionsOf(one)?.functions[f]).find((record) => record !== undefined);
}

/** A transaction's micro-operations, each with what the answer has in its place; without the wish to abort. */
function mopsOf(columns: Columns, row: number): readonly (readonly [asked: Mop, found: Mop | undefined])[] {
  const asked = columns.input[row];
  const found = columns.output[row];
  if (!Array.isArray(asked)) return [];
  const pairs = asked.map(
    (mop: Mop, i) => [mop, Array.isArray(found) ? (found[i] as Mop | undefined) : undefined] as const,
  );
  return pairs.filter(([[f]]) => f !== 'abort');
}

function isSame(asked: Mop, found: Mop | undefined): boolean {
  return (
    Array.isArray(found) &&
    asked.every((part, i) => part === found[i] || JSON.stringify(part) === JSON.stringify(found[i]))
  );
}

/** Whether a value tells only that nothing is there. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.length === 0;
  // What replicas and stores put beside a value says nothing of it.
  if ('value' in value) return isNothing(value.value);
  if ('values' in value) return isNothing(value.values);
  return Object.keys(value).length === 0;
}

export function addPhases(a: MainPhase, b: MainPhase): MainPhase {
  const effects: Record<string, Effects> = { ...a.effects };
  for (const [name, one] of Object.entries(b.effects)) effects[name] = addEffects(effects[name], one);
  return { effects, keys: { asked: a.keys.asked + b.keys.asked, moved: a.keys.moved + b.keys.moved } };
}

function addEffects(a: Effects | undefined, b: Effects): Effects {
  if (!a) return b;
  const told = a.told === undefined && b.told === undefined ? {} : { told: (a.told ?? 0) + (b.told ?? 0) };
  return { ...b, called: addThirds(a.called, b.called), effects: addThirds(a.effects, b.effects), ...told };
}

function addThirds(a: Thirds, b: Thirds): Thirds {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}
