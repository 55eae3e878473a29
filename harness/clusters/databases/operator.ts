/**
 * What operators do to a database during a run: a failover manager's work again and again, and chores while they last.
 */
import type { Database, Host, NodeControls } from '../../../databases/database.ts';
import { messageOf } from '../../node/thrown.ts';

/** A failover manager looks so often. */
const OPERATE_MS = 250;

interface Lasting {
  done: number;
  isOver: boolean;
  readonly ended: Promise<void>;
}

export class Operator {
  private readonly database: Database;
  private readonly hosts: readonly Host[];
  private readonly controls: NodeControls;
  private readonly chores = new Map<number, Lasting>();
  private operating: Lasting | undefined;

  constructor(database: Database, hosts: readonly Host[], controls: NodeControls) {
    this.database = database;
    this.hosts = hosts;
    this.controls = controls;
  }

  /** Begins what a failover manager does, where the database has none of its own. */
  start(): void {
    const { database, hosts, controls } = this;
    if (database.operate)
      this.operating = this.again('the operator', OPERATE_MS, () => database.operate!(hosts, controls));
  }

  /** Ends it, and waits for what it is doing. */
  async stop(): Promise<void> {
    for (const id of [...this.chores.keys()]) await this.end(id);
    if (!this.operating) return;
    this.operating.isOver = true;
    await this.operating.ended;
    this.operating = undefined;
  }

  /** Does the chore again and again, for the fault of this id. */
  begin(id: number, chore: string): void {
    const { do: task } = this.database.chores![chore]!;
    this.chores.set(
      id,
      this.again(`the chore ${chore}`, 0, () => task(this.hosts, this.controls)),
    );
  }

  /** Lets the chore end that it is doing. */
  async end(id: number): Promise<void> {
    const chore = this.chores.get(id);
    if (!chore) return;
    chore.isOver = true;
    await chore.ended;
  }

  /** How often the chore of this fault was done. */
  doneOf(id: number): number {
    return this.chores.get(id)?.done ?? 0;
  }

  private again(what: string, pauseMs: number, task: () => Promise<void>): Lasting {
    const lasting: { done: number; isOver: boolean; ended: Promise<void> } = {
      ...{ done: 0, isOver: false, ended: Promise.resolve() },
    };
    lasting.ended = (async () => {
      while (!lasting.isOver) {
        try {
          await task();
          lasting.done++;
        } catch (error) {
          this.controls.note(`${what} failed: ${messageOf(error)}`);
        }
        // Also where a task fails at once, others get their turn.
        await new Promise((resolve) => setTimeout(resolve, Math.max(pauseMs, 1)));
      }
    })();
    return lasting;
  }
}
