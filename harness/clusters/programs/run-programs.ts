/** One run of a program in real time, from setting to result: the counterpart of `runProcesses`. */
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { NodeId } from '../../../systems/node.ts';
import type { Program } from '../../../systems/system.ts';
import type { Workload } from '../../../workloads/workload.ts';
import { REAL } from '../../faults/fate.ts';
import { judge } from '../../judging/judge.ts';
import type { Run } from '../../judging/result.ts';
import { execute } from '../../running/execute.ts';
import { namedByOperations } from '../../running/operation-names.ts';
import { isJournalled, type Plan, type Setting } from '../../setting/plan.ts';
import { executableOf } from '../../setting/program-source.ts';
import { type Guard, startGuard } from '../children/guard.ts';
import { logLines } from '../children/launch.ts';
import { newTemporaryPath } from '../children/marks.ts';
import { RealTime } from '../children/real-time.ts';
import { RunEnd } from '../children/run-end.ts';
import { queuedMsOf, Starvation } from '../children/starvation.ts';
import type { Starved } from '../cluster.ts';
import { type Keeping, Programs } from './cluster.ts';
import { live } from './live.ts';
import { LogEcho } from './log-echo.ts';
import { optionsFor } from './options.ts';

export interface ProgramsRun {
  readonly setting: Setting;
  readonly plan: Plan;
  readonly system: Program;
  readonly workload: Workload;
  /** Takes every line of the history as it happens. */
  readonly sink?: (line: string) => void;
  /** Where the nodes' logs go; a temporary folder where it is absent. */
  readonly logFolder?: string;
  /** Keeps the nodes' working folders beside their logs. */
  readonly keep?: boolean;
  /** Takes what the nodes write to stderr, in whole lines that are safe to show. */
  readonly echo?: (text: string) => void;
}

/**
 * Runs and judges. Rejects with `BadInput` where the program cannot be started, and with `HarnessFailure` where
 * it ends by itself or does not keep to the protocol; leaves nothing behind either way.
 */
export async function runPrograms(run: ProgramsRun): Promise<Run> {
  const { setting, plan } = run;
  const real = new RealProcesses(run);
  const programs = new Programs(optionsFor(run, isJournalled(plan)), real.time, real);
  try {
    await Promise.race([programs.launch(), real.end.failed]);
    real.time.begin();
    const executed = await Promise.race([execute(programs, run), real.end.failed]);
    const result = judge({ ...run, executed, traffic: programs.traffic(), claimsOnly: false });
    const { protocol, network } = programs;
    return {
      setting,
      plan,
      result: { ...result, ...(protocol.length > 0 ? { protocol } : {}) },
      history: executed.recorder.history,
      calls: executed.recorder.calls,
      messages: namedByOperations(network.journal, executed.recorder),
      logs: new Map(setting.nodes.map((node) => [node, real.logOf(node)] as const)),
      trace: 0,
      shapes: new Set(),
    };
  } finally {
    real.end.come();
    await programs.stop();
    await real.stop();
  }
}

/** The operating system's processes of a run, and all that they need. */
class RealProcesses implements Keeping {
  readonly medium = REAL;
  readonly clientLinkMs = 0;
  readonly isVirtual = false;
  readonly end = new RunEnd();
  readonly time = new RealTime(this.end);
  private readonly run: ProgramsRun;
  private readonly path: string;
  private readonly temporary: string;
  private readonly logFolder: string;
  private readonly guard: Guard;
  private readonly tail: LogEcho | undefined;
  private readonly starvation = new Starvation({ ownWork: true });
  /** The processes that nodes have now. */
  private readonly pids = new Map<NodeId, number>();

  constructor(run: ProgramsRun) {
    this.run = run;
    this.path = executableOf(run.system.command).path;
    this.temporary = newTemporaryPath();
    this.logFolder = run.logFolder ?? this.temporary;
    this.guard = startGuard();
    this.guard.remove(this.temporary);
    mkdirSync(this.logFolder, { recursive: true });
    for (const node of run.setting.nodes) this.emptyFolder(node);
    const files = new Map(run.setting.nodes.map((node) => [node, this.logFile(node)]));
    if (run.echo) this.tail = new LogEcho(files, run.echo);
  }

  spawn: Keeping['spawn'] = (birth) => {
    const { args } = this.run.system;
    const logFile = this.logFile(birth.id);
    const where = { command: this.path, args, folder: this.folderOf(birth.id), logFile };
    const warn = (node: NodeId, sentence: string) => this.log(node, `warning: ${sentence}`);
    const instance = live({ ...birth, ...where }, { guard: this.guard, warn });
    this.pids.set(birth.id, instance.pid);
    return instance;
  };

  emptyFolder(node: NodeId): void {
    rmSync(this.folderOf(node), { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
    mkdirSync(this.folderOf(node), { recursive: true });
  }

  log(node: NodeId, line: string): void {
    appendFileSync(this.logFile(node), `splitbrain: ${line}\n`);
  }

  fail(sentence: string): void {
    this.end.fail(sentence);
  }

  async starved(): Promise<Starved> {
    const nodes = [...this.pids].flatMap(([node, pid]) => {
      const ms = queuedMsOf(pid);
      return ms === undefined ? [] : [[node, ms] as const];
    });
    return { harness: this.starvation.ms, nodes: Object.fromEntries(nodes) };
  }

  logOf(node: NodeId): readonly string[] {
    return logLines(this.logFile(node));
  }

  async stop(): Promise<void> {
    this.starvation.stop();
    this.tail?.stop();
    rmSync(this.temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
    await this.guard.end();
  }

  private logFile(node: NodeId): string {
    return join(this.logFolder, `${node}.log`);
  }

  folderOf(node: NodeId): string {
    return resolve(this.run.keep ? this.logFolder : this.temporary, node);
  }
}
