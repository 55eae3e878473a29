/**
 * Makes a failing run as small as it can be: fewer faults, calls, final calls, clients, keys
 * and nodes, rounder times, and links on which every message takes the least time but for the few
 * that matter. A candidate counts only where it shows the same kind of anomaly.
 *
 * Message fates hang on identity, so leaving out one call moves no other message; where a race
 * needs other delays all the same, a candidate may try a few other seeds for its links.
 */
import type { Anomaly, Api, Call } from 'elle-ts';
import type { Fault } from '../faults/fault.ts';
import { meaningOf } from '../faults/meanings.ts';
import { askedAtLast, finalCalls, keysOf, type Plan } from '../setting/plan.ts';
import type { Subject } from '../setting/subject.ts';
import { renamed } from './canonical.ts';
import { ddmin } from './ddmin.ts';
import { rounderTimes, simplerFaults } from './rounder.ts';
import { type Planned, runNow, shows } from './trial.ts';

export interface Shrunk {
  readonly planned: Planned;
  readonly anomaly: Anomaly;
  /** Simulated runs that it took. */
  readonly runs: number;
  /** Removing any one call, fault, odd message, or final call that no call asks for loses the anomaly; checked. */
  readonly minimal: boolean;
}

/**
 * Runs that a shrink may take: a plain limit in steps, so that the same failure shrinks to the same story everywhere.
 */
const MOST_RUNS = 6000;

/** Leaves `leastNodes` standing: a design for a majority may mean little on two. */
export function shrink(
  subject: Subject,
  failing: Planned,
  name: string,
  { mostRuns = MOST_RUNS, leastNodes = 2 } = {},
): Shrunk | undefined {
  const shrinker = new Shrinker(subject, failing, name, mostRuns, leastNodes);
  return shrinker.isFailing() ? shrinker.shrink() : undefined;
}

class Shrinker {
  private readonly subject: Subject;
  private readonly name: string;
  private readonly mostRuns: number;
  private readonly leastNodes: number;
  private best: Planned;
  private anomaly: Anomaly | undefined;
  private runs = 0;
  /**
   * Whether a client may talk to several nodes. Where none did, no shrunk
   * one may: many claims are for sessions that stay with their node.
   */
  private readonly mayRoam: boolean;

  constructor(subject: Subject, failing: Planned, name: string, mostRuns: number, leastNodes: number) {
    this.subject = subject;
    // Once the plan has its final calls, leaving out calls of other keys no longer changes what is read in the end.
    this.best = { ...failing, plan: { ...failing.plan, final: finalCalls(failing.plan, subject.workload) } };
    this.name = name;
    this.mostRuns = mostRuns;
    this.leastNodes = leastNodes;
    this.mayRoam = roams(failing.plan.calls);
  }

  isFailing(): boolean {
    return this.accepts(this.best);
  }

  shrink(): Shrunk {
    for (let before = ''; before !== this.sizeText() && this.runs < this.mostRuns; ) {
      before = this.sizeText();
      this.fewer(1);
      this.simpler();
    }
    this.fewer(12);
    this.canonical(12);
    this.calm();
    this.simpler();
    this.canonical(1);
    this.fewer(1);
    return { planned: this.best, anomaly: this.anomaly as Anomaly, runs: this.runs, minimal: this.isMinimal() };
  }

  private get plan(): Plan {
    return this.best.plan;
  }

  private get final(): NonNullable<Plan['final']> {
    return this.plan.final ?? [];
  }

  private sizeText(): string {
    const { calls, faults, links } = this.plan;
    return `${calls.length} ${keysOf(calls).length} ${this.final.length} ${faults.length} ${Object.keys(links.odd).length} ${this.best.nodes.length}`;
  }

  /** Whether the candidate shows the anomaly; if so it is the best from now on. */
  private accepts(candidate: Planned): boolean {
    if (this.runs >= this.mostRuns && this.anomaly) return false;
    this.runs++;
    const anomaly = shows(this.subject, candidate, this.name);
    if (!anomaly) return false;
    this.best = candidate;
    this.anomaly = anomaly;
    return true;
  }

  /** The same with other delays: a race may need its messages dealt anew once what surrounded it is gone. */
  private acceptsWithSomeSeed(candidate: Planned, seeds: number): boolean {
    if (this.accepts(candidate)) return true;
    if (candidate.plan.links.calm) return false;
    for (let i = 1; i < seeds; i++) {
      const links = { ...candidate.plan.links, seed: candidate.plan.links.seed + i * 7919 };
      if (this.accepts({ ...candidate, plan: { ...candidate.plan, links } })) return true;
    }
    return false;
  }

  private with(part: Partial<Plan>): Planned {
    return { ...this.best, plan: { ...this.plan, ...part } };
  }

  private fewer(seeds: number): void {
    ddmin(this.plan.faults, (faults) => this.acceptsWithSomeSeed(this.with({ faults }), seeds));
    ddmin(this.plan.calls, (calls) => this.acceptsWithSomeSeed(this.with({ calls }), seeds));
    this.fewerFinal(seeds);
    const odd = Object.entries(this.plan.links.odd);
    ddmin(odd, (some) => this.accepts(this.with({ links: { ...this.plan.links, odd: Object.fromEntries(some) } })));
  }

  /** Leaves out final calls that the calls which are left do not ask for. */
  private fewerFinal(seeds: number): void {
    const asked = askedAtLast(this.plan.calls, this.subject.workload);
    if (JSON.stringify(asked) === JSON.stringify(this.final)) return;
    if (this.acceptsWithSomeSeed(this.with({ final: asked }), seeds)) return;
    const [all, spare] = [this.final, this.spareFinal];
    const without = (kept: readonly unknown[]) => all.filter((call) => !spare.includes(call) || kept.includes(call));
    ddmin(spare, (kept) => this.accepts(this.with({ final: without(kept) })));
  }

  /**
   * The final calls that may be left out: what was written and is not read in the end would seem to be lost, so those
   * that the calls ask for stay. None where they are not among them as they are.
   */
  private get spareFinal(): readonly Call<Api>[] {
    const asked = askedAtLast(this.plan.calls, this.subject.workload);
    const spare = except(this.final, asked);
    return this.final.length - spare.length === asked.length ? spare : [];
  }

  private simpler(): void {
    this.fewerNodes();
    this.fewerClients();
    this.fewerKeys();
    for (const [i, call] of this.plan.calls.entries()) this.simplerCall(i, call.atMs);
    for (let i = 0; i < this.plan.faults.length; i++) while (this.simplerFault(i));
  }

  /** Names by first appearance. A late message is known by what it is among those names, so there the names stay. */
  private canonical(seeds: number): void {
    if (Object.keys(this.plan.links.odd).length > 0) return;
    const candidate = renamed(this.best);
    if (JSON.stringify(candidate) !== JSON.stringify(this.best)) this.acceptsWithSomeSeed(candidate, seeds);
  }

  private fewerNodes(): void {
    for (let dropped = true; dropped && this.best.nodes.length > this.leastNodes; ) {
      dropped = [...this.best.nodes].reverse().some((node) => this.accepts(withoutNode(this.best, node)));
    }
  }

  private fewerClients(): void {
    const clients = [...new Set(this.plan.calls.map((call) => call.client))].sort((a, b) => a - b);
    for (const client of clients) {
      for (const other of clients) {
        if (other >= client) break;
        const calls = this.plan.calls.map((call) => (call.client === client ? { ...call, client: other } : call));
        if (!this.mayRoam && roams(calls)) continue;
        if (this.accepts(this.with({ calls }))) break;
      }
    }
  }

  /** What one key's calls do to another's timing they may do on the same key: then the story is of one. */
  private fewerKeys(): void {
    const keys = keysOf(this.plan.calls);
    for (const key of keys) {
      for (const other of keys) {
        if (other >= key) break;
        if (this.accepts(this.with(this.onOneKey(key, other)))) break;
      }
    }
  }

  /** The calls of one key made on another, and what these ask for in the end before the rest. */
  private onOneKey(key: string, by: string): Pick<Plan, 'calls' | 'final'> {
    const calls = rekeyed(this.plan.calls, key, by);
    const asked = askedAtLast(calls, this.subject.workload);
    return { calls, final: [...asked, ...except(rekeyed(this.final, key, by), asked)] };
  }

  private simplerCall(i: number, atMs: number): void {
    for (const rounder of rounderTimes(atMs)) {
      const calls = this.plan.calls.map((call, j) => (j === i ? { ...call, atMs: rounder } : call));
      if (this.accepts(this.with({ calls }))) break;
    }
  }

  /** Takes one step to a simpler fault; false where none is left. */
  private simplerFault(i: number): boolean {
    return simplerFaults(this.plan.faults[i] as Fault).some((simpler) => {
      return this.accepts(this.with({ faults: this.plan.faults.map((fault, j) => (j === i ? simpler : fault)) }));
    });
  }

  /** Fixes every message's delay by name, then gives back to the least all that do not matter. */
  private calm(): void {
    if (this.plan.links.calm) return;
    if (this.accepts(this.with({ links: { ...this.plan.links, calm: true } }))) return;
    const { messages } = runNow(this.subject, this.best, { journal: true });
    const odd = Object.fromEntries(
      messages.filter((m) => !m.faults?.length && m.delaysMs[0] !== 1).map((m) => [m.id, m.delaysMs]),
    );
    if (!this.accepts(this.with({ links: { ...this.plan.links, calm: true, odd } }))) return;
    const entries = Object.entries(odd);
    ddmin(entries, (some) => this.accepts(this.with({ links: { ...this.plan.links, odd: Object.fromEntries(some) } })));
    for (const [id, delays] of Object.entries(this.plan.links.odd)) this.rounderDelay(id, delays[0] ?? 0);
  }

  private rounderDelay(id: string, delay: number): void {
    for (const rounder of [10, 50, 100, 200].filter((ms) => ms !== delay)) {
      if (this.accepts(this.with({ links: { ...this.plan.links, odd: { ...this.plan.links.odd, [id]: [rounder] } } })))
        return;
    }
  }

  private isMinimal(): boolean {
    const { calls, faults, links } = this.plan;
    const loses = (part: Partial<Plan>) => !shows(this.subject, this.with(part), this.name);
    return (
      calls.every((call) => loses({ calls: calls.filter((other) => other !== call) })) &&
      faults.every((fault) => loses({ faults: faults.filter((other) => other !== fault) })) &&
      this.spareFinal.every((call) => loses({ final: this.final.filter((other) => other !== call) })) &&
      Object.keys(links.odd).every((id) => loses({ links: { ...links, odd: without(links.odd, id) } }))
    );
  }
}

/** The calls with one key in place of another. */
function rekeyed<T extends { readonly key?: string }>(calls: readonly T[], key: string, by: string): readonly T[] {
  return calls.map((call) => (call.key === key ? { ...call, key: by } : call));
}

/** The calls that are not among others. */
function except<T>(calls: readonly T[], others: readonly unknown[]): readonly T[] {
  const names = new Set(others.map((call) => JSON.stringify(call)));
  return calls.filter((call) => !names.has(JSON.stringify(call)));
}

function roams(calls: Plan['calls']): boolean {
  const nodes = new Map<number, string>();
  for (const { client, node } of calls) {
    if ((nodes.get(client) ?? node) !== node) return true;
    nodes.set(client, node);
  }
  return false;
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([other]) => other !== name));
}

/** The cluster without a node: its calls go to the first one, and faults leave it alone. */
function withoutNode(planned: Planned, node: string): Planned {
  const nodes = planned.nodes.filter((other) => other !== node);
  const calls = planned.plan.calls.map((call) => (call.node === node ? { ...call, node: nodes[0]! } : call));
  const faults = planned.plan.faults.flatMap((fault) => meaningOf(fault).withoutNode(fault, node) ?? []);
  return { ...planned, nodes, options: { ...planned.options, nodes }, plan: { ...planned.plan, calls, faults } };
}
