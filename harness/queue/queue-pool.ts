/**
 * A pool whose tasks are made by workers on other machines. What the server forgets is put there again; the first
 * result of a task counts; a task whose workers died of it three times is rejected, and costs no other.
 */
import type { Queue } from 'bullmq';
import { HarnessFailure } from '../failure.ts';
import type { Pool } from '../pool/pool.ts';
import { type Broker, FORGOTTEN_S, type Job, keysOf, packed, unpacked } from './broker.ts';

/** What a worker leaves of a task. */
export interface Outcome {
  readonly made?: unknown;
  /** What it told meanwhile. */
  readonly told?: readonly unknown[];
  /** Why it was not made: a run of it took its thread along. */
  readonly died?: string;
  readonly ms: number;
  /** Who made it, and how many tasks that makes at a time. */
  readonly worker: { readonly id: string; readonly slots: number };
}

interface Waiting {
  readonly task: unknown;
  readonly priority: number;
  resolve(outcome: Outcome): void;
  reject(error: Error): void;
}

const POLL_MS = 100;
const REPAIR_MS = 5_000;
/** So many tasks are on the server at once. */
const MOST_OUT = 500;
/** So long no worker did anything but refuse: then none ever will. */
const REFUSED_MS = 30_000;

export class QueuePool<Task, Made, Told = never> implements Pool<Task, Made> {
  readonly width: number;
  readonly work: string;
  private readonly broker: Broker;
  private readonly queue: Queue;
  private readonly shared: unknown;
  private readonly nameOf: (task: Task) => string;
  private readonly waiting = new Map<string, Waiting>();
  private readonly fresh: string[] = [];
  private readonly slots = new Map<string, number>();
  private readonly onStray: (outcome: Outcome) => void;
  private readonly going: Promise<void>;
  private isClosed = false;
  private repairedMs = 0;
  private heardMs = Date.now();

  /** `onStray` gets results that nobody waits for: of a coordinator that was killed, or made a second time. */
  constructor(options: {
    readonly broker: Broker;
    readonly work: string;
    readonly shared: unknown;
    readonly width: number;
    readonly nameOf: (task: Task) => string;
    readonly onStray?: (outcome: Outcome) => void;
  }) {
    this.broker = options.broker;
    this.work = options.work;
    this.shared = options.shared;
    this.width = Math.min(MOST_OUT, options.width);
    this.nameOf = options.nameOf;
    this.onStray = options.onStray ?? (() => {});
    this.queue = new options.broker.bullmq.Queue(options.broker.queue, { connection: options.broker.redis });
    this.queue.on('error', () => {});
    this.going = this.go();
  }

  /** How many tasks workers can make at once, as far as they have been heard of. */
  get workerSlots(): number {
    return [...this.slots.values()].reduce((sum, count) => sum + count, 0);
  }

  make(task: Task, told: (told: Told) => void = () => {}, priority = 2): Promise<Made> {
    return this.outcome(task, priority).then(({ made, told: all = [], died }) => {
      for (const one of all) told(one as Told);
      if (died !== undefined) throw new Error(died);
      return made as Made;
    });
  }

  /** The same, with all that is known of it. */
  outcome(task: Task, priority = 2): Promise<Outcome> {
    const name = this.nameOf(task);
    return new Promise((resolve, reject) => {
      this.waiting.set(name, { task, priority, resolve, reject });
      this.fresh.push(name);
    });
  }

  /** Nothing more is wanted: workers leave what they have not begun. */
  async close(): Promise<void> {
    if (this.isClosed) return this.going;
    this.isClosed = true;
    await this.going;
    const { redis } = this.broker;
    const keys = keysOf(this.work);
    await redis.set(keys.over, '1', 'EX', FORGOTTEN_S);
    await redis.del(keys.results, keys.shared, keys.refused);
    for (const name of this.waiting.keys()) await this.queue.remove(`${this.work}.${name}`).catch(() => 0);
    for (const { reject } of this.waiting.values()) reject(new Error('the work was ended'));
    this.waiting.clear();
    await this.queue.close();
  }

  private async go(): Promise<void> {
    await this.broker.redis.del(keysOf(this.work).over).catch(() => 0);
    while (!this.isClosed) {
      try {
        const heard = await this.hear();
        await this.repair();
        await this.feed();
        if (heard === 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      } catch (error) {
        if (error instanceof HarnessFailure) {
          for (const { reject } of this.waiting.values()) reject(error);
          this.waiting.clear();
        }
        // The server is away: it is waited for, and what it forgot is put there again.
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    }
  }

  /** Takes the results that are there; returns how many. */
  private async hear(): Promise<number> {
    const { redis } = this.broker;
    const { results } = keysOf(this.work);
    const [, found] = await redis.hscanBuffer(results, 0, 'COUNT', 16);
    for (let i = 0; i + 1 < found.length; i += 2) {
      const name = String(found[i]);
      const outcome = outcomeOf(found[i + 1]!);
      await redis.hdel(results, name);
      if (!outcome) continue;
      this.heardMs = Date.now();
      this.slots.set(outcome.worker.id, outcome.worker.slots);
      const waiting = this.waiting.get(name);
      this.waiting.delete(name);
      if (waiting) waiting.resolve(outcome);
      else this.onStray(outcome);
    }
    return found.length / 2;
  }

  private async feed(): Promise<void> {
    const names = this.fresh.splice(0);
    if (names.length > 0) await this.put(names);
  }

  /** Whatever the server forgot is put there again; adding what it has changes nothing. */
  private async repair(): Promise<void> {
    if (Date.now() - this.repairedMs < REPAIR_MS) return;
    const { redis } = this.broker;
    const keys = keysOf(this.work);
    await redis.set(keys.shared, packed(this.shared), 'EX', FORGOTTEN_S);
    for (const job of await this.queue.getFailed(0, MOST_OUT)) {
      const { work, name } = job.data as Job;
      if (work !== this.work) {
        // Of one that never came back.
        if (Date.now() - job.timestamp > FORGOTTEN_S * 1000) await job.remove();
        continue;
      }
      await job.remove();
      const waiting = this.waiting.get(name);
      this.waiting.delete(name);
      waiting?.reject(new Error(`its workers died of it: ${job.failedReason}`));
    }
    await this.refuseForsaken();
    await this.put([...this.waiting.keys()]);
    this.repairedMs = Date.now();
  }

  /** Where every worker that there is cannot make the work, nobody will. */
  private async refuseForsaken(): Promise<void> {
    if (Date.now() - this.heardMs < REFUSED_MS) return;
    const refused = await this.broker.redis.hgetall(keysOf(this.work).refused);
    const reasons = Object.values(refused);
    if (reasons.length > 0 && reasons.length >= (await this.queue.getWorkersCount()))
      throw new HarnessFailure(`no worker can make these runs: ${reasons[0]}`);
  }

  private async put(names: readonly string[]): Promise<void> {
    const jobs = names.flatMap((name) => {
      const waiting = this.waiting.get(name);
      if (!waiting) return [];
      const data: Job = { work: this.work, name, task: waiting.task };
      const opts = { jobId: `${this.work}.${name}`, removeOnComplete: true, priority: waiting.priority };
      return [{ name: this.work, data, opts }];
    });
    if (jobs.length > 0) await this.queue.addBulk(jobs);
  }
}

/** A result that is one; of anything else nothing is taken. */
function outcomeOf(bytes: Buffer): Outcome | undefined {
  try {
    const outcome = unpacked<Outcome>(bytes);
    return typeof outcome?.worker?.id === 'string' && Number.isFinite(outcome.ms) ? outcome : undefined;
  } catch {
    return undefined;
  }
}

/** How many workers of this version and code there are. */
export async function workersAt({ redis, bullmq, queue }: Broker): Promise<number> {
  const asked = new bullmq.Queue(queue, { connection: redis });
  asked.on('error', () => {});
  const count = await asked.getWorkersCount();
  await asked.close();
  return count;
}
