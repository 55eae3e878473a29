/** Histories as Jepsen has them, for Elle, Knossos and elle-cli. */
import type { History, Operation } from '../history.ts';
import { edn, keyword, transaction } from './edn.ts';
import { completionValue, eventsOf, type WrittenEvent } from './events.ts';

/** How an operation's key is written: in its value, as `jepsen.independent` has it, or beside it. */
export type KeysAs = 'tuples' | 'members';

/** An event's members, in the order in which Jepsen writes them. */
interface EventRecord {
  readonly index: number;
  readonly time: number;
  readonly type: string;
  readonly process: number | 'nemesis';
  readonly f: string;
  readonly value: unknown;
  readonly key?: string;
  readonly node?: string;
  readonly error?: string;
  readonly final?: true;
}

/** Operation maps, one a line. O(n log n). */
export function* jepsenEdn(history: History, keys: KeysAs): Generator<string> {
  for (const event of eventsOf(history)) yield `${ednOf(recordOf(event, keys))}\n`;
}

/** One array of operation objects, as elle-cli takes it, one a line. O(n log n). */
export function* elleJson(history: History, keys: KeysAs): Generator<string> {
  let before = '[';
  for (const event of eventsOf(history)) {
    const { final, ...record } = recordOf(event, keys);
    yield `${before}\n${JSON.stringify(final ? { ...record, 'final?': true } : record)}`;
    before = ',';
  }
  yield before === '[' ? '[]\n' : '\n]\n';
}

function recordOf(event: WrittenEvent, keys: KeysAs): EventRecord {
  const { index } = event;
  const time = Math.round(event.timeNs);
  if ('f' in event) return { index, time, type: 'info', process: 'nemesis', f: event.f, value: event.value ?? null };
  const operation = 'invoked' in event ? event.invoked : event.completed;
  const { process, f, key, node, final, outcome } = operation;
  const value = 'invoked' in event ? (operation.input ?? null) : completionValue(operation);
  const isTuple = key !== undefined && keys === 'tuples';
  return {
    ...{ index, time, type: 'invoked' in event ? 'invoke' : outcome.type, process, f },
    value: isTuple ? [key, value] : value,
    ...(key === undefined || isTuple ? {} : { key }),
    ...(node === undefined ? {} : { node }),
    ...errorOf(event, operation),
    ...(final ? { final } : {}),
  };
}

function errorOf(event: WrittenEvent, { outcome }: Operation): { readonly error?: string } {
  return 'completed' in event && outcome.type !== 'ok' ? { error: outcome.error } : {};
}

function ednOf({ index, time, type, process, f, value, key, node, error, final }: EventRecord): string {
  const members = [
    `:index ${index}`,
    `:time ${time}`,
    `:type :${type}`,
    `:process ${process === 'nemesis' ? ':nemesis' : process}`,
    `:f ${keyword(f)}`,
    `:value ${f === 'txn' ? transaction(value) : edn(value)}`,
    ...(key === undefined ? [] : [`:key ${edn(key)}`]),
    ...(node === undefined ? [] : [`:node ${edn(node)}`]),
    ...(error === undefined ? [] : [`:error ${edn(error)}`]),
    ...(final ? [':final? true'] : []),
  ];
  return `{${members.join(', ')}}`;
}
