/**
 * The harness's workers: each makes its calls one after the other,
 * and continues as a new process where it cannot know what became of one.
 */
import type { Outcome } from 'elle-ts';
import type { NodeId } from '../../systems/node.ts';
import type { PlannedCall } from '../../workloads/workload.ts';
import type { Cluster, Session, SessionCall } from '../clusters/cluster.ts';
import { type CallOutcome, failureOf, messageOf } from '../node/thrown.ts';
import { Memory } from './memory.ts';
import type { Recorder } from './recorder.ts';

/** Everything that the clients of a run share. `elapsed` counts from the start of the main phase. */
export interface RunContext {
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly callTimeoutMs: number;
  /** How many workers there are: a worker's next process is this many further on, so that no two workers share one. */
  readonly workers: number;
  elapsed(): number;
}

/** What became of a call: for the history, and what the history does not tell. */
export interface Made {
  readonly row: number;
  readonly outcome: Outcome<unknown>;
  /**
   * `declined` is a refusal that answers the call, `threw` an error
   * of the system's own code; `unsure` is a silence, mostly.
   */
  readonly how: CallOutcome;
}

/** One worker: at most one call outstanding, ever. */
export class Client {
  private readonly context: RunContext;
  private process: number;
  private readonly memory = new Memory();
  /** What the current process holds, by node. */
  private readonly sessions = new Map<NodeId, Session>();

  constructor(context: RunContext, worker: number) {
    this.context = context;
    this.process = worker;
  }

  /**
   * Makes the planned calls, each at its time or as soon as the one
   * before is over, until the phase ends. Returns how many it made.
   */
  async follow(calls: readonly PlannedCall[], untilMs: number): Promise<number> {
    let made = 0;
    for (const call of calls) {
      const waitMs = call.atMs - this.context.elapsed();
      if (waitMs > 0) await this.context.cluster.sleep(waitMs);
      else if (this.context.cluster.turn) await this.context.cluster.turn();
      if (this.context.elapsed() > untilMs) break;
      if (call.needs !== undefined && !this.memory.knows(call.needs)) continue;
      await this.make(call);
      made++;
    }
    this.close();
    return made;
  }

  /** Makes one call and records both its ends; `final` marks it as of the last round. */
  async make(call: PlannedCall, final = false): Promise<Made> {
    const { recorder, callTimeoutMs, workers } = this.context;
    const { id, node, f, key } = call;
    const input = this.memory.fillIn(call.input);
    const open = { process: this.process, f, key, input, node, final };
    const row = recorder.invoke(id, open);
    const { outcome, how } = await this.ask(node, { id, f, key, input, timeoutMs: callTimeoutMs });
    recorder.complete(row, open, outcome, how);
    if (outcome.type === 'info') {
      this.close();
      this.process += workers;
      this.memory.forgetAnswers();
    }
    if (outcome.type === 'fail') this.memory.noteRefusal(f, key, input);
    if (outcome.type === 'ok') this.memory.note(id, f, key, input, outcome.output);
    return { row, outcome, how };
  }

  /** Ends the current process's sessions. */
  close(): void {
    for (const session of this.sessions.values()) session.close();
    this.sessions.clear();
  }

  /** Makes a call in the session with this node, which the first call of a process opens. */
  private ask(node: NodeId, call: SessionCall): Promise<Omit<Made, 'row'>> {
    const session = this.sessions.get(node);
    if (session && session.isOver !== true) return session.call(call).then(ok, failed);
    const opened = this.context.cluster.open(this.process, node);
    const begin = (session: Session) => {
      this.sessions.set(node, session);
      return session.call(call).then(ok, failed);
    };
    return 'call' in opened ? begin(opened) : opened.then(begin, notOpened);
  }
}

function ok(output: unknown): Omit<Made, 'row'> {
  return { outcome: { type: 'ok', output: output ?? null }, how: 'ok' };
}

/** Nothing was asked yet, so nothing can have happened. */
function notOpened(error: unknown): Omit<Made, 'row'> {
  return { outcome: { type: 'fail', error: messageOf(error) }, how: 'refused' };
}

/**
 * The only place that decides between `fail` and `info`:
 * a refusal is definite, anything else leaves open what happened.
 */
function failed(error: unknown): Omit<Made, 'row'> {
  const failure = failureOf(error);
  const how = failure === 'broken' ? 'threw' : failure;
  const type = how === 'declined' || how === 'refused' ? 'fail' : 'info';
  return { outcome: { type, error: messageOf(error) }, how };
}
