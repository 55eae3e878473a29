/** A cluster of the database under trial: what is asked of its nodes, and what of that can be read afterwards. */
import type { Database } from '../../../../databases/database.ts';
import type { NodeId } from '../../../../systems/node.ts';
import { HarnessFailure } from '../../../failure.ts';
import type { Fault } from '../../../faults/fault.ts';
import type { Session } from '../../cluster.ts';
import type { Databases } from '../cluster.ts';
import { sessionWith } from '../sessions.ts';
import { attempt, newWrite, type Outcome, type Probe, type Write } from './probe.ts';

/** How long a call may take. */
export const CALL_MS = 1500;
const PAUSE_MS = 100;

export class Trial {
  readonly cluster: Databases;
  readonly database: Database;
  readonly probe: Probe;
  /** What was acknowledged while nothing was wrong. */
  readonly kept: Write[] = [];
  private faults = 0;

  constructor(cluster: Databases, database: Database, probe: Probe) {
    this.cluster = cluster;
    this.database = database;
    this.probe = probe;
  }

  get nodes(): readonly NodeId[] {
    return this.cluster.nodes;
  }

  /** How long real software may take to notice a fault and act on it. */
  get noticesMs(): number {
    return 3 * this.database.noticesMs;
  }

  /** How long it may take to be itself again. */
  get recoversMs(): number {
    return Math.max(this.database.readyMs, ...this.database.claims.map(({ recoversMs }) => recoversMs));
  }

  write(node: NodeId, write: Write): Promise<Outcome> {
    return attempt(() => this.open(node), this.probe.write(write), write, CALL_MS);
  }

  /** The same by the adapter alone, as the harness asks no node that it knows to be down. */
  askAdapter(node: NodeId, write: Write): Promise<Outcome> {
    const { database } = this;
    const connected = () =>
      sessionWith(database.connect(this.cluster.hostOf(node)), CALL_MS, database, node, (says) => this.broke(says));
    return attempt(connected, this.probe.write(write), write, CALL_MS);
  }

  /** The adapter broke its contract: nothing can be said of it any more. */
  broke(sentence: string): void {
    this.cluster.fail(sentence);
  }

  read(node: NodeId, write: Write): Promise<Outcome> {
    return attempt(() => this.open(node), this.probe.read(write), write, CALL_MS);
  }

  /** Writes there until one is acknowledged. How long that took in ms; nothing where none is in time. */
  async serves(node: NodeId, withinMs: number): Promise<number | undefined> {
    const beganMs = performance.now();
    do {
      const write = newWrite();
      if ((await this.write(node, write)).type === 'ok') {
        if (this.cluster.faults.all.length === 0) this.kept.push(write);
        return Math.round(performance.now() - beganMs);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    } while (performance.now() - beganMs < withinMs);
    return undefined;
  }

  /** Whether some node shows the write. Rejects with `HarnessFailure` where none says anything in time. */
  async isThere(write: Write): Promise<boolean> {
    const beganMs = performance.now();
    do {
      const outcomes = await Promise.all(this.nodes.map((node) => this.read(node, write)));
      const told = outcomes.filter(({ type }) => type === 'ok');
      if (told.some(({ output }) => this.probe.has(output, write.value))) return true;
      // Whoever is behind may catch up: that nothing is there is believed when all say so.
      if (told.length === outcomes.length) return false;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    } while (performance.now() - beganMs < this.recoversMs);
    throw new HarnessFailure('not all nodes could be read');
  }

  /** Whether what came of a write is true: a `fail` had no effect. What is wrong, else nothing. */
  async lie(write: Write, { type, why }: Outcome): Promise<string | undefined> {
    if (type !== 'fail' || !(await this.isThere(write))) return undefined;
    return `a write failed (${why}) and is there`;
  }

  /** Begins a fault; what is returned ends it. */
  async begin(sort: object): Promise<{ readonly effect: object; end(): Promise<void> }> {
    const fault = { id: ++this.faults, fromMs: 0, toMs: 1, ...sort } as unknown as Fault;
    const beganMs = performance.now();
    const effect = await this.cluster.begin(fault);
    const end = async () => {
      // As in a run: what is over before anybody noticed is no fault that an adapter is made for.
      await this.cluster.sleep(Math.max(0, beganMs + this.database.noticesMs - performance.now()));
      await this.cluster.end(fault);
      await this.recover();
    };
    return { effect: effect as object, end };
  }

  /** As after a run's faults: what cannot come back by itself is brought back. */
  private async recover(): Promise<void> {
    const { cluster } = this;
    await cluster.rejoin();
    const beganMs = performance.now();
    while (!(await cluster.settled()) && performance.now() - beganMs < this.recoversMs)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    cluster.operator.start();
  }

  private open(node: NodeId): Promise<Session> {
    return this.cluster.open(0, node);
  }
}
