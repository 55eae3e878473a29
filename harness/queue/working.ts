/**
 * A worker: takes tasks off the queue for as long as it lives. Runs are simulated in threads, so that the lease of a
 * task is renewed meanwhile; a worker that is gone is noticed when its lease is over, and its task goes to another.
 */
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { Worker as BullWorker, Job as QueueJob } from 'bullmq';
import type { RunTask } from '../campaign/campaign-options.ts';
import { lineOf, type MadePart } from '../campaign/ledger.ts';
import { lostRun, makeRun, type OnRun } from '../campaign/make.ts';
import { type Plan, planOf } from '../campaign/matrix.ts';
import { Adding, type CellRun, sumOf } from '../campaign/sum.ts';
import type { Counterexample } from '../explore/counterexample-text.ts';
import type { Batch, Found, Order } from '../explore/tasks.ts';
import { Threads } from '../pool/threads.ts';
import { moduleHash } from '../setting/module-path.ts';
import { type Broker, FORGOTTEN_S, type Job, keysOf, packed, unpacked } from './broker.ts';
import type { MadeSlice, SharedCampaign, Slice } from './campaign-makers.ts';
import type { Outcome } from './queue-pool.ts';
import type { SharedSearch } from './search-pool.ts';

export interface Working {
  /** Tasks at a time; left out, one a core. */
  readonly threads?: number;
  /** A lease on a task is renewed at half of this; a worker that is gone is noticed after it. */
  readonly leaseMs?: number;
  /** Where folders of runs with processes are left: a folder that all machines share. */
  readonly store?: string;
  /** The module of a campaign's threads, and of a search's. */
  readonly campaignWorker: URL;
  readonly searchWorker: URL;
  readonly onRun?: OnRun;
  readonly onTask?: (done: {
    readonly work: string;
    readonly name: string;
    readonly runs: number;
    readonly ms: number;
  }) => void;
  /** Told once of each trouble. */
  readonly onTrouble?: (says: string) => void;
}

/** How long a lease is where nothing else is said. */
export const LEASE_MS = 10_000;
/** So often may a task take its worker along, and be tried again. */
const DEATHS = 2;
/** A task that this worker cannot make is left to others for so long. */
const LEFT_MS = 2_000;

/** So often a worker that is to end looks whether its server is there. */
const LOOK_MS = 100;

/** So many works' plans are kept. */
const PLANS = 8;

/** What came of a task. */
interface Made extends Pick<Outcome, 'made' | 'told' | 'died'> {
  readonly runs?: number;
}

/** Works until the function that it returns is called, which lets tasks that were begun end. */
export function work(broker: Broker, options: Working): () => Promise<void> {
  const worker = new QueueWorker(broker, options);
  return () => worker.stop();
}

class QueueWorker {
  private readonly broker: Broker;
  private readonly options: Working;
  private readonly id = randomBytes(6).toString('hex');
  private readonly slots: number;
  private readonly runs: Threads<RunTask, CellRun>;
  private readonly seeds: Threads<Order, Batch | Counterexample | undefined, Found>;
  private readonly plans = new Map<string, Promise<Plan>>();
  private readonly troubles = new Set<string>();
  private readonly connection: Broker['redis'];
  private readonly worker: BullWorker<Job>;
  /** Tasks that were begun and are not done. */
  private making = 0;

  constructor(broker: Broker, options: Working) {
    this.broker = broker;
    this.options = options;
    this.slots = options.threads ?? availableParallelism();
    this.runs = new Threads({ url: options.campaignWorker, name: 'campaign', width: this.slots });
    this.seeds = new Threads({ url: options.searchWorker, name: 'explore', width: this.slots });
    const { leaseMs = LEASE_MS } = options;
    this.connection = broker.redis.duplicate();
    this.connection.on('error', () => {});
    this.worker = new broker.bullmq.Worker<Job>(broker.queue, (job, token) => this.take(job, token), {
      connection: this.connection,
      ...{ concurrency: this.slots, lockDuration: leaseMs, stalledInterval: leaseMs / 2, maxStalledCount: DEATHS },
    });
    // What is lost with the server is made again; that it was away, its connection says.
    this.worker.on('error', () => {});
    this.worker.on('failed', (_, error) => this.trouble(error.message));
  }

  async stop(): Promise<void> {
    const closed = this.worker.close().then(() => 'closed' as const);
    // Without its server it would wait for ever to say goodbye.
    if ((await Promise.race([closed, this.deserted()])) === 'deserted') {
      closed.catch(() => {});
      this.worker.backend.disconnectBlocking(false).catch(() => {});
    }
    this.connection.disconnect();
    await Promise.all([this.runs.close(), this.seeds.close()]);
  }

  /**
   * Resolves once the server has been away for too long to wait for: at once where nothing was begun, and else after a
   * lease, when others have the tasks. Never where it stays.
   */
  private async deserted(): Promise<'deserted'> {
    const { leaseMs = LEASE_MS } = this.options;
    let seenMs = performance.now();
    for (;;) {
      if (this.connection.status === 'ready') seenMs = performance.now();
      else if (this.making === 0 || performance.now() - seenMs > leaseMs) return 'deserted';
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS).unref());
    }
  }

  private async take(queued: QueueJob<Job>, token: string | undefined): Promise<void> {
    this.making++;
    try {
      await this.taken(queued, token);
    } finally {
      this.making--;
    }
  }

  private async taken(queued: QueueJob<Job>, token: string | undefined): Promise<void> {
    const { redis, bullmq } = this.broker;
    const job = queued.data;
    const keys = keysOf(job.work);
    if (await redis.exists(keys.over)) return;
    const bytes = await redis.getBuffer(keys.shared);
    const shared = bytes ? unpacked<SharedCampaign | SharedSearch>(bytes) : undefined;
    const strange = shared && strangerIn(shared);
    // Others may be able to make it, and what a work shares its coordinator tells again within seconds.
    if (!shared || strange !== undefined) {
      if (strange !== undefined) await this.refuse(keys.refused, strange);
      await queued.moveToDelayed(Date.now() + LEFT_MS, token);
      throw new bullmq.DelayedError();
    }
    const began = performance.now();
    const { told, ...made } = await this.made(job, shared);
    const ms = Math.round(performance.now() - began);
    const { runs = 0, ...rest } = made;
    const outcome: Outcome = { ...rest, ...(told ? { told } : {}), ms, worker: { id: this.id, slots: this.slots } };
    // The first result is the one that counts.
    await redis.multi().hsetnx(keys.results, job.name, packed(outcome)).expire(keys.results, FORGOTTEN_S).exec();
    this.options.onTask?.({ work: job.work, name: job.name, runs, ms });
  }

  private async made(job: Job, shared: SharedCampaign | SharedSearch): Promise<Made> {
    try {
      return await (shared.kind === 'campaign' ? this.slice(job, shared) : this.searched(job));
    } catch (error) {
      return { died: (error as Error).message };
    }
  }

  private async slice({ work, task }: Job, shared: SharedCampaign): Promise<Made> {
    const plan = await this.planFor(work, shared);
    const open = new Map<number, { places: number[]; sum: Adding; lines: string[] }>();
    const failed: MadePart[] = [];
    for (const place of (task as Slice).places) {
      if (await this.broker.redis.exists(keysOf(work).over)) break;
      const made = await this.runAt(plan, place, shared);
      const piece = plan.pieceOf(place);
      const sum = sumOf(place, made);
      const line = lineOf(made);
      if (made.run.verdict === 'error') {
        failed.push({ part: { piece, places: [place], sum, failed: true }, lines: [line] });
        continue;
      }
      const own = open.get(piece) ?? { places: [], sum: new Adding(), lines: [] };
      open.set(piece, own);
      own.places.push(place);
      own.sum.add(sum);
      own.lines.push(line);
    }
    const parts = [...open].map(([piece, { places, sum, lines }]) => ({
      part: { piece, places, sum: sum.total },
      lines,
    }));
    const all = [...parts, ...failed];
    const made: MadeSlice = { parts: all };
    return { made, runs: all.reduce((sum, { part }) => sum + part.sum.runs, 0) };
  }

  private async runAt(plan: Plan, place: number, { matrix, work }: SharedCampaign): Promise<CellRun> {
    const planned = plan.at(place);
    const { store, onRun } = this.options;
    if (matrix.cluster === 'simulation')
      return this.runs.make({ planned, path: undefined }).catch((error: Error) => lostRun(planned, error.message));
    if (store === undefined) return makeRun(planned, undefined);
    const whole = join(store, work, planned.folder);
    const part = `${whole}.${this.id}.part`;
    mkdirSync(dirname(whole), { recursive: true });
    const made = await makeRun(planned, part, onRun);
    // A folder of this name is whole: whoever was first has it.
    if (existsSync(whole)) rmSync(part, { recursive: true, force: true });
    else if (existsSync(part)) moved(part, whole);
    return made;
  }

  private async searched({ task }: Job): Promise<Made> {
    const told: Found[] = [];
    const made = await this.seeds.make(task as Order, (found) => told.push(found));
    return { made, told, runs: (made as Partial<Batch> | undefined)?.runs ?? 0 };
  }

  private planFor(work: string, { matrix }: SharedCampaign): Promise<Plan> {
    const known = this.plans.get(work) ?? planOf(matrix);
    this.plans.set(work, known);
    if (this.plans.size > PLANS) this.plans.delete(this.plans.keys().next().value!);
    return known;
  }

  private async refuse(key: string, says: string): Promise<void> {
    this.trouble(says);
    await this.broker.redis.multi().hset(key, this.id, says).expire(key, FORGOTTEN_S).exec();
  }

  /** Each trouble is told once. */
  private trouble(says: string): void {
    if (this.troubles.has(says)) return;
    this.troubles.add(says);
    this.options.onTrouble?.(says);
  }
}

function moved(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    cpSync(from, to, { recursive: true });
    rmSync(from, { recursive: true, force: true });
  }
}

/** Why this worker cannot make the work: a module of the user's own is another one here. */
function strangerIn(shared: SharedCampaign | SharedSearch): string | undefined {
  try {
    const told = shared.kind === 'explore' ? shared : (JSON.parse(shared.text) as Pick<SharedSearch, 'modules'>);
    const strange = Object.entries(told.modules).find(([says, hash]) => moduleHash(says) !== hash);
    return strange && `${strange[0]} is another one here than where the work was begun`;
  } catch (error) {
    return (error as Error).message;
  }
}
