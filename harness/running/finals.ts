/** The workers that ask every node what a run's workload wants to know in the end. */
import { type Columns, OK } from 'elle-ts';
import type { NodeId } from '../../systems/node.ts';
import type { PlannedCall, Workload } from '../../workloads/workload.ts';
import { shownAs } from '../judging/agreement.ts';
import { isAnswered } from '../judging/responses.ts';
import type { Client, Made, RunContext } from './clients.ts';
import type { Recorder } from './recorder.ts';
import type { Patience } from './starved.ts';

/** A final call to a node, and what became of it at last. */
export interface Final {
  readonly node: NodeId;
  readonly f: string;
  readonly key?: string;
  /** It succeeded, or was refused with what is an answer to it. */
  readonly ok: boolean;
  /**
   * What it was told in place of an answer, and whether that was
   * nothing, a refusal, or an error of the system's own code.
   */
  readonly failure?: {
    readonly says: string;
    readonly how: 'silent' | 'refused' | 'threw';
    /** Whether this call had ever succeeded before. */
    readonly worked: boolean;
  };
}

/** For how long a final call is tried again. */
export interface Until {
  readonly patience: Patience;
  readonly ms: number;
}

/** The pause before a final call is made again: short at first, and longer where that does not help. */
const RETRY_MS = 25;
const LONGEST_RETRY_MS = 200;
/** What has never done anything but throw is not waited for any longer. */
const HOPELESS_MS = 1000;

/**
 * The first id of the calls that ask this node after heal: above all planned ones, and far enough from the next node's.
 */
export function finalIds(node: number): number {
  return 1_000_000_000 + node * 1_000_000;
}

/** What a node showed of a final call: an answer, or a refusal. */
export type Look = { readonly shows: string } | { readonly refused: string };

/** What is known of a call from the rows that there are by now, those of the main phase: whether it ever succeeded. */
export class Known {
  private readonly columns: Columns;
  private readonly length: number;
  private readonly found = new Map<string, boolean>();
  private anything: boolean | undefined;

  constructor({ history: { columns } }: Recorder) {
    this.columns = columns;
    this.length = columns.length;
  }

  /** Whether this call succeeded at any node; where nobody made it, whether others of its function did. */
  worked({ f, key }: { readonly f: string; readonly key?: string }): boolean {
    const name = JSON.stringify([f, key]);
    const known = this.found.get(name) ?? this.find(f, key);
    this.found.set(name, known);
    return known;
  }

  /** Whether any call succeeded at any node. */
  get anythingWorked(): boolean {
    this.anything ??= this.columns.type.subarray(0, this.length).includes(OK);
    return this.anything;
  }

  private find(f: string, key: string | undefined): boolean {
    const { columns, length } = this;
    const [function_, key_] = [columns.fNames.indexOf(f), key === undefined ? -1 : columns.keyNames.indexOf(key)];
    let made = false;
    let worked = false;
    for (let row = 0; row < length; row++) {
      if (columns.f[row] !== function_) continue;
      worked ||= columns.type[row] === OK;
      if (columns.key[row] !== key_) continue;
      made = true;
      if (columns.type[row] === OK) return true;
    }
    return !made && worked;
  }
}

/** A worker that asks one node the final calls. */
export class Finals {
  readonly node: NodeId;
  private readonly context: RunContext;
  private readonly client: Client;
  private readonly known: Known;
  private readonly workload: Workload;
  private id: number;

  constructor(context: RunContext, client: Client, node: NodeId, id: number, known: Known, workload: Workload) {
    this.context = context;
    this.client = client;
    this.node = node;
    this.id = id;
    this.known = known;
    this.workload = workload;
  }

  /** Asks these one after the other, each until it is answered or patience ends. */
  async ask(calls: readonly PlannedCall[], until: Until, isLast: boolean): Promise<readonly Final[]> {
    const finals: Final[] = [];
    for (const call of calls) finals.push(await this.untilAnswered(call, until, isLast));
    return finals;
  }

  /** Asks these once, and tells what each showed. A node that does not answer one is not asked the rest. */
  async look(calls: readonly PlannedCall[], datatype: string): Promise<readonly Look[]> {
    const shown: Look[] = [];
    for (const call of calls) {
      const { outcome } = await this.once(call, false);
      if (outcome.type === 'info') break;
      if (outcome.type === 'fail') shown.push({ refused: outcome.error });
      else shown.push({ shows: shownAs(datatype, outcome.output) });
    }
    return shown;
  }

  /**
   * A refusal is an answer, but tells nothing of what is there: where anything ever
   * succeeded, a last call is made again until it does, or until patience ends.
   */
  private async untilAnswered(call: PlannedCall, { patience, ms }: Until, isLast: boolean): Promise<Final> {
    const { f, key } = call;
    const asked = { node: this.node, f, ...(key === undefined ? {} : { key }) };
    for (let pauseMs = RETRY_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_RETRY_MS)) {
      const made = await this.once(call, isLast);
      const failure = this.failureOf(call, made);
      const isDeclined = isLast && made.outcome.type === 'fail' && this.known.anythingWorked;
      if (!failure && !isDeclined) return { ...asked, ok: true };
      const hopeless = failure?.how === 'threw' && !failure.worked;
      if (await patience.isOver(hopeless ? Math.min(ms, HOPELESS_MS) : ms))
        return failure ? { ...asked, ok: false, failure } : { ...asked, ok: true };
      await this.context.cluster.sleep(pauseMs);
    }
  }

  /** Why this is no answer; nothing where it is one. */
  private failureOf(call: PlannedCall, { row, outcome, how }: Made): Final['failure'] {
    if (outcome.type === 'ok') return undefined;
    if (!this.workload.finalSucceeds && isAnswered(this.context.recorder, row)) return undefined;
    const worked = this.known.worked(call);
    if (outcome.type === 'info') return { says: outcome.error, how: how === 'threw' ? 'threw' : 'silent', worked };
    // A definite error is what this call is answered, unless it was ever answered better.
    return worked || this.workload.finalSucceeds ? { says: outcome.error, how: 'refused', worked } : undefined;
  }

  private once(call: PlannedCall, isLast: boolean): Promise<Made> {
    const place = { id: this.id++, client: -1, node: this.node, atMs: this.context.elapsed() };
    return this.client.make({ ...call, ...place }, isLast && !this.workload.finalOnce);
  }
}
