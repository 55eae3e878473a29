/**
 * Random histories with final reads, of any datatype: calls
 * and their completions are drawn without regard to any system.
 */
import { type History, HistoryBuilder, NEVER, type Operation, type Outcome } from 'elle-ts';
import type { Chance } from '../oracle/chance.ts';

export interface Drawn {
  readonly call: { readonly f: string; readonly key?: string; readonly input: unknown };
  readonly output: unknown;
}

/**
 * Updates and reads at once, and then some reads alone; `marked` marks
 * those as final, and without it some reads come late by chance.
 */
export function randomHistory(
  chance: Chance,
  update: (n: number) => Drawn,
  read: (n: number) => Drawn,
  { updates = 6, finals = 3, info = 0.2, fail = 0.1, marked = chance.maybe(0.5) } = {},
): History {
  const builder = new HistoryBuilder();
  let index = 0;
  const open: (() => void)[] = [];
  const begin = (process: number, { call, output }: Drawn, end: 'ok' | 'info' | 'fail', final = false) => {
    const row = builder.invoke(index++, index * 1e6, process, { ...call, node: `n${process % 3}` } as never);
    if (final) builder.final.add(row);
    if (end === 'info') return;
    const outcome = end === 'ok' ? { type: end, output } : { type: end, error: 'refused' };
    open.push(() => builder.complete(row, index++, index * 1e6, outcome as Outcome<unknown>));
  };
  for (let n = 0; n < updates; n++) {
    const dice = chance.int(1000) / 1000;
    begin(n, update(n), dice < info ? 'info' : dice < info + fail ? 'fail' : 'ok');
    if (chance.maybe(0.3)) begin(100 + n, read(n), 'ok');
    while (open.length > 0 && chance.maybe(0.6)) open.splice(chance.int(open.length), 1)[0]!();
  }
  for (const end of open.splice(0)) end();
  for (let n = 0; n < finals; n++) {
    begin(200 + n, read(updates + n), 'ok', marked);
    for (const end of open.splice(0)) end();
  }
  return builder;
}

export const isOk = (one: Operation) => one.outcome.type === 'ok';
export const outputOf = (one: Operation): unknown => (one.outcome.type === 'ok' ? one.outcome.output : undefined);
export const inputOf = (one: Operation): unknown => one.input;
/** When an operation certainly ended; never, where that is open. */
export const endOf = (one: Operation): number => (one.outcome.type === 'info' ? NEVER : one.end);

/** By definition: marked reads, or reads that began after every acknowledged update had ended. */
export function finalsBy(
  operations: readonly Operation[],
  isRead: (one: Operation) => boolean,
  isUpdate: (one: Operation) => boolean,
): readonly Operation[] {
  const reads = operations.filter((one) => isOk(one) && isRead(one));
  if (operations.some(({ final }) => final)) return reads.filter(({ final }) => final);
  return reads.filter((one) => operations.every((other) => !isOk(other) || !isUpdate(other) || other.end < one.start));
}
