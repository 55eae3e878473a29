/** What is checked with a cluster that runs: that faults do what they say, and what the adapter says then. */
import type { NodeId } from '../../../../systems/node.ts';
import { isStopped } from '../../children/launch.ts';
import { allProcesses } from '../../children/process-tree.ts';
import type { CheckId, Line } from './line.ts';
import { newWrite, outcomeText } from './probe.ts';
import type { Trial } from './trial.ts';

/** A killed node's processes are gone within so long, and a clock is told as exactly. */
const GONE_MS = 2000;
const MINUTE_MS = 60_000;
/** Connections may be gone before anybody could look whose they were: they got nowhere. One in so many. */
const UNKNOWN_IN = 50;

/** Gathers what a check says of each node. */
class Findings {
  readonly told: string[] = [];
  readonly wrong: string[] = [];

  tell(node: NodeId, text: string): void {
    this.told.push(`${node}: ${text}`);
  }

  line(id: CheckId): Line {
    const isWrong = this.wrong.length > 0;
    return { id, verdict: isWrong ? 'failed' : 'passed', detail: (isWrong ? this.wrong : this.told).join('; ') };
  }
}

export async function everyNodeWrites(trial: Trial): Promise<Line> {
  const findings = new Findings();
  for (const node of trial.nodes) {
    const ms = await trial.serves(node, trial.recoversMs);
    if (ms === undefined) findings.wrong.push(`${node} took no write within ${trial.recoversMs} ms`);
    else findings.tell(node, `${ms} ms`);
  }
  return findings.line('C2');
}

export async function nothingGoesAround(trial: Trial): Promise<Line> {
  const around = await trial.cluster.network.around(trial.cluster.rooted());
  const detail = around.length > 0 ? around.join(', ') : 'none';
  return { id: 'C3', verdict: around.length > 0 ? 'failed' : 'passed', detail };
}

export function sourcesAreKnown({ cluster: { network } }: Trial): Line {
  if (network.isDirect) return { id: 'C4', verdict: 'skipped', detail: 'nodes are told apart by their addresses' };
  const named = [...network.links.values()].reduce((sum, { connections }) => sum + connections, 0);
  const isWrong = network.unknown * UNKNOWN_IN > named;
  return { id: 'C4', verdict: isWrong ? 'failed' : 'passed', detail: `${named} named, ${network.unknown} unknown` };
}

export function linksAreDeclared({ cluster: { network }, database: { ports }, nodes }: Trial): Line {
  if (network.isDirect) return { id: 'C5', verdict: 'skipped', detail: 'whatever port it has, all that passes is cut' };
  const declared = Object.keys(ports).filter((name) => ports[name] === 'peers');
  const links = [...network.links.keys()].map((link) => link.split(' '));
  const seen = new Set(links.filter(([from, to]) => from !== to).map(([, , name]) => name));
  const unused = nodes.length < 2 ? [] : declared.filter((name) => !seen.has(name));
  if (unused.length === 0) return { id: 'C5', verdict: 'passed', detail: [...seen].join(', ') || 'none are declared' };
  return { id: 'C5', verdict: 'failed', detail: `nothing passed by ${unused.join(', ')}` };
}

/** Cuts off one node after the other. */
export async function cutOff(trial: Trial): Promise<readonly Line[]> {
  const [cut, healed] = [new Findings(), new Findings()];
  for (const node of trial.nodes) {
    const others = trial.nodes.filter((other) => other !== node);
    const pairs = others.flatMap((other) => [
      [node, other],
      [other, node],
    ]);
    const { network } = trial.cluster;
    const bytes = async () => {
      const each = await Promise.all(pairs.map(([from, to]) => network.delivered(from!, to!)));
      return each.reduce((sum, one) => sum + one, 0);
    };
    const fault = await trial.begin({ kind: 'partition', cut: pairs });
    const before = await bytes();
    const write = newWrite();
    const outcome = await trial.write(node, write);
    const served = await othersServe(trial, others);
    const crossed = (await bytes()) - before;
    await fault.end();
    if (crossed > 0) cut.wrong.push(`${crossed} bytes crossed the cut around ${node}`);
    if (served === undefined) cut.wrong.push(`with ${node} cut off no other node served within ${trial.noticesMs} ms`);
    cut.tell(node, `${crossed} bytes crossed, own write ${outcomeText(outcome)}, others after ${served} ms`);
    await serveAgain(trial, node, healed);
    const lie = await trial.lie(write, outcome);
    if (lie) cut.wrong.push(`${node}: ${lie}`);
  }
  return [cut.line('C6'), healed.line('C7')];
}

/** How long it took until one of them served; where none can, as the database has no failover, nobody waits. */
async function othersServe(trial: Trial, others: readonly NodeId[]): Promise<number | undefined> {
  if (others.length === 0) return 0;
  const served = await Promise.all(others.map((other) => trial.serves(other, trial.noticesMs)));
  return served.find((ms) => ms !== undefined);
}

async function serveAgain(trial: Trial, node: NodeId, findings: Findings): Promise<void> {
  const ms = await trial.serves(node, trial.recoversMs);
  if (ms === undefined) findings.wrong.push(`${node} did not serve within ${trial.recoversMs} ms`);
  else findings.tell(node, `${ms} ms`);
}

export async function isRead(trial: Trial, id: 'C8' | 'C10'): Promise<Line> {
  const { claims } = trial.database;
  if (id === 'C10' && claims.length > 0 && claims.every(({ durable }) => durable === 'no'))
    return { id, verdict: 'skipped', detail: 'no claim of the database says that what is acknowledged stays' };
  const writes = [...trial.kept];
  if (trial.probe.takes) trial.kept.length = 0;
  const missing: string[] = [];
  for (const write of writes) if (!(await trial.isThere(write))) missing.push(String(write.value));
  if (missing.length > 0)
    return { id, verdict: 'failed', detail: `${missing.length} of ${writes.length} acknowledged writes are missing` };
  return { id, verdict: writes.length > 0 ? 'passed' : 'failed', detail: `${writes.length} of ${writes.length}` };
}

/** Kills one node after the other. */
export async function killed(trial: Trial): Promise<Line> {
  const findings = new Findings();
  for (const node of trial.nodes) {
    const beganMs = performance.now();
    const fault = await trial.begin({ kind: 'crash', targets: [node], disk: 'kept' });
    const { pids = [] } = fault.effect as { readonly pids?: readonly number[] };
    const goneMs = await gone(pids, beganMs);
    const write = newWrite();
    const outcome = await trial.askAdapter(node, write);
    await fault.end();
    if (pids.length === 0) findings.wrong.push(`${node} had no process`);
    if (goneMs === undefined)
      findings.wrong.push(`processes of ${node} were there ${GONE_MS} ms after they were killed`);
    findings.tell(node, `${pids.length} processes gone after ${goneMs} ms, a call ${outcomeText(outcome)}`);
    await serveAgain(trial, node, findings);
    const lie = await trial.lie(write, outcome);
    if (lie) findings.wrong.push(`${node}: ${lie}`);
  }
  return findings.line('C9');
}

/** When none of these was there any more, in ms; nothing where some stay. */
async function gone(pids: readonly number[], sinceMs: number): Promise<number | undefined> {
  for (;;) {
    const ms = Math.round(performance.now() - sinceMs);
    const alive = new Set(allProcesses().map(({ pid }) => pid));
    if (!pids.some((pid) => alive.has(pid))) return ms;
    if (ms > GONE_MS) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function paused(trial: Trial): Promise<Line> {
  const findings = new Findings();
  for (const node of trial.nodes) {
    const fault = await trial.begin({ kind: 'pause', targets: [node] });
    const { pids = [] } = fault.effect as { readonly pids?: readonly number[] };
    const all = trial.cluster.processesOf(node);
    const running = all.filter((pid) => !isStopped(pid));
    const write = newWrite();
    const outcome = await trial.write(node, write);
    await fault.end();
    if (pids.length === 0 || running.length > 0)
      findings.wrong.push(`${running.length} of ${all.length} processes of ${node} had not stopped`);
    findings.tell(node, `${all.length} processes stopped, a write ${outcomeText(outcome)}`);
    await serveAgain(trial, node, findings);
    const lie = await trial.lie(write, outcome);
    if (lie) findings.wrong.push(`${node}: ${lie}`);
  }
  return findings.line('C11');
}

export async function clockIsSeen(trial: Trial): Promise<Line> {
  const fault = { kind: 'clock', targets: trial.nodes, how: 'step', byMs: MINUTE_MS };
  if (!trial.database.clock) return { id: 'C12', verdict: 'skipped', detail: 'the database does not tell its time' };
  const possible = trial.cluster.can({ id: 0, fromMs: 0, toMs: 1, ...fault } as never);
  if (possible !== true) return { id: 'C12', verdict: 'skipped', detail: possible };
  const moved = await trial.begin(fault);
  const { offsetMs = [] } = moved.effect as { readonly offsetMs?: readonly number[] };
  await moved.end();
  const isRight = offsetMs.length === trial.nodes.length && offsetMs.every((ms) => Math.abs(ms - MINUTE_MS) <= GONE_MS);
  const detail = offsetMs.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(', ') || 'no node told its time';
  return { id: 'C12', verdict: isRight ? 'passed' : 'failed', detail };
}

/** To be made at once after the cluster was formed. */
export async function firstLeaderDies(trial: Trial): Promise<Line> {
  const { database, nodes, cluster } = trial;
  if (nodes.length < 2 || !database.primary)
    return { id: 'C16', verdict: 'skipped', detail: 'the database does not tell who leads' };
  const leader = await cluster.leader();
  if (leader === undefined) return { id: 'C16', verdict: 'failed', detail: 'no node leads after form' };
  const fault = await trial.begin({ kind: 'crash', targets: [leader], disk: 'kept' });
  const served = await othersServe(
    trial,
    nodes.filter((node) => node !== leader),
  );
  await fault.end();
  const findings = new Findings();
  if (served === undefined) findings.wrong.push(`without ${leader} no other node served within ${trial.noticesMs} ms`);
  else findings.tell(leader, `it led; others served ${served} ms after it died`);
  await serveAgain(trial, leader, findings);
  return findings.line('C16');
}
