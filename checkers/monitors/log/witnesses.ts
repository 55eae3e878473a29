/**
 * The operations that an error needs besides its own to be shown alone:
 * where the messages lie, and that sends without a completion took effect.
 */
import { INFO } from '../../history.ts';
import type { LogError } from './log-error.ts';
import type { LogOperation, LogOperations, Message } from './operations.ts';
import { flat, type LogOrders, tookEffect } from './orders.ts';

/** Operations by row, and by message and offset the first operation that shows the one at the other. */
export class Witnesses {
  private readonly log: LogOperations;
  private readonly orders: LogOrders;
  private first: ReadonlyMap<string, LogOperation> | undefined;
  private byRow: ReadonlyMap<number, LogOperation> | undefined;

  constructor(log: LogOperations, orders: LogOrders) {
    this.log = log;
    this.orders = orders;
  }

  /** The first operation, by row, that shows a message at an offset; -1 for none. */
  private of(value: number, offset: number): number {
    return this.sighted().get(`${value} ${offset}`)?.row ?? -1;
  }

  /**
   * An error's rows, with the operations that show where its messages lie,
   * unless its own do, and what proves that crashed sends took effect.
   */
  rowsOf(error: LogError): readonly number[] {
    const { reader } = this.orders;
    const rows = new Set(error.rows);
    for (const { value, offset } of error.messages) {
      const there = [...rows].some((row) => showsAt(this.operation(row), value, offset));
      if (!there) rows.add(this.of(value, offset));
    }
    for (const row of [...rows]) {
      if (this.log.columns.type[row] !== INFO) continue;
      const polled = [...flat(this.operation(row).sent)].find(({ value }) => reader[value] >= 0);
      if (polled) rows.add(reader[polled.value]);
    }
    return [...rows];
  }

  private operation(row: number): LogOperation {
    this.byRow ??= new Map(this.log.operations.map((operation) => [operation.row, operation]));
    return this.byRow.get(row) as LogOperation;
  }

  private sighted(): ReadonlyMap<string, LogOperation> {
    if (this.first) return this.first;
    const first = new Map<string, LogOperation>();
    const note = (operation: LogOperation, messages: Iterable<Message>): void => {
      for (const { value, offset } of messages) {
        const name = `${value} ${offset}`;
        if (offset >= 0 && !first.has(name)) first.set(name, operation);
      }
    };
    for (const operation of this.log.operations) {
      note(operation, flat(operation.polled));
      if (tookEffect(this.log, this.orders.reader, operation)) note(operation, flat(operation.sent));
    }
    this.first = first;
    return first;
  }
}

function showsAt({ sent, polled }: LogOperation, value: number, offset: number): boolean {
  for (const messages of [sent, polled])
    for (const message of flat(messages)) if (message.value === value && message.offset === offset) return true;
  return false;
}
