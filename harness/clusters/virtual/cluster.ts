/** A run of a program in virtual time: the cluster of programs on the simulation's clock. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeId } from '../../../systems/node.ts';
import type { Program } from '../../../systems/system.ts';
import { errorText, HarnessFailure } from '../../failure.ts';
import { SIMULATED } from '../../faults/fate.ts';
import { Cause } from '../../node/cause.ts';
import { mix, mixText } from '../../node/identity.ts';
import type { Plan, Setting } from '../../setting/plan.ts';
import { type Keeping, Programs } from '../programs/cluster.ts';
import { optionsFor } from '../programs/options.ts';
import type { Driven } from '../simulation/drive.ts';
import { VirtualTime } from '../simulation/virtual-time.ts';
import { notPreloaded } from './eligible.ts';
import { virtual } from './instance.ts';
import { type Launched, launched } from './launcher.ts';
import { workFolder } from './pipes.ts';
import { quiet } from './quiet.ts';

/** A client sits beside its node, as in simulations of designs. */
const CLIENT_LINK_MS = 0.05;

/** What a program's silence may be the fault of. */
const UNCOVERED =
  '\nWhere it does answer in real time, its threads wait in ways that virtual time does not cover: use --cluster processes.';

interface VirtualRun {
  readonly setting: Setting;
  readonly plan: Plan;
  readonly system: Program;
  /** Keeps messages and logs for a report. */
  readonly journal: boolean;
}

export class VirtualPrograms implements Driven, Keeping {
  readonly medium = SIMULATED;
  readonly clientLinkMs = CLIENT_LINK_MS;
  readonly isVirtual = true;
  readonly time = new VirtualTime();
  readonly queue = this.time.queue;
  readonly plannedCalls: number;
  readonly system: string;
  readonly seed: number;
  readonly nodes: readonly NodeId[];
  readonly cluster: Programs;
  readonly logs = new Map<NodeId, string[]>();
  private readonly run: VirtualRun;
  private readonly launched: Launched;
  /** Where no library is preloaded, the program is offered what it would do. */
  readonly offers: boolean;
  private failure: HarnessFailure | undefined;

  constructor(run: VirtualRun) {
    this.run = run;
    this.plannedCalls = run.plan.calls.length;
    this.system = run.system.name;
    this.seed = run.setting.seed;
    this.nodes = run.setting.nodes;
    this.launched = launched(run.system.command);
    this.offers = notPreloaded(run.system) !== undefined;
    for (const node of run.setting.nodes) this.emptyFolder(node);
    this.cluster = new Programs(optionsFor(run, run.journal), this.time, this);
  }

  spawn: Keeping['spawn'] = (birth) => {
    const { system, plan } = this.run;
    const { path, first } = this.launched;
    const cause = new Cause(mix(mixText(birth.id), birth.life), `start of ${birth.id}`, birth.id);
    return (this.offers ? quiet : virtual)({
      ...birth,
      ...{
        says: system.command,
        command: path,
        args: [...first, ...system.args],
        folder: this.folderOf(birth.id),
        logFile: '',
      },
      ...{ seed: plan.links.seed, cause },
      wrote: (lines) => {
        for (const line of lines) this.log(birth.id, line);
      },
    });
  };

  emptyFolder(node: NodeId): void {
    const folder = this.folderOf(node);
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
  }

  log(node: NodeId, line: string): void {
    const lines = this.logs.get(node);
    const stamped = `${this.time.elapsed().toFixed(3)} ${line}`;
    if (lines) lines.push(stamped);
    else this.logs.set(node, [stamped]);
  }

  fail(sentence: string): void {
    const hint = / did not answer (init|topology) within /.test(sentence) ? UNCOVERED : '';
    this.failure ??= new HarnessFailure(`${sentence}${hint}`);
  }

  advance(time: number): void {
    this.time.nowUs = time;
  }

  afterEvent(): void {
    if (this.failure) throw this.failure;
  }

  /** Nothing that runs here runs on behalf of a node. */
  forbiddenCall(node: NodeId, what: string): Error {
    return new HarnessFailure(`${node} used ${what}`);
  }

  ambient(): undefined {}

  print(): void {}

  stray(reason: unknown): void {
    this.fail(`a promise of the harness was rejected: ${errorText(reason)}`);
  }

  /** Ends all processes of the run, however it came to its end. */
  end(): void {
    void this.cluster.stop();
  }

  folderOf(node: NodeId): string {
    return join(workFolder(), 'nodes', node);
  }
}
