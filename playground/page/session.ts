/** What is on the page: a scenario, the run that it makes, and what is asked of the workers. */
import type { Run } from '../../report/page/run.ts';
import { Store } from '../../report/page/store.ts';
import { clamped } from '../../report/page/view.ts';
import { Edited } from '../edit/edited.ts';
import type { Catalogue } from '../engine/catalogue.ts';
import type { Engine } from '../engine/engine.ts';
import type { Made } from '../engine/messages.ts';
import type { Scenario } from '../engine/scenario.ts';
import type { Shown } from '../link/codec.ts';
import { openedRun } from './opened-run.ts';

/** A run that was made, opened for the report's components. */
export interface Ran {
  readonly scenario: Scenario;
  readonly made: Made;
  readonly run: Run;
  /** Whether the reader's own code ran in the place of the design. */
  readonly isOwn: boolean;
}

export class Session {
  readonly catalogue: Catalogue;
  readonly scenario: Store<Scenario>;
  readonly ran = new Store<Ran | undefined>(undefined);
  /** Whether what is chosen is still being run. */
  readonly busy = new Store(true);
  /** Why the last change could not be run; empty where it could. */
  readonly problem = new Store('');
  /** What happened to a link or a file that was to be opened; empty where there is nothing to say. */
  readonly notice = new Store('');
  /** The moment of the run that the network shows, in ms. */
  readonly atMs: Store<number>;
  /** Makes a worker of its own, for what takes long and may be cancelled. */
  readonly another: () => Engine;
  /** The reader's own code in the place of the design. */
  readonly edited = new Edited(() => void this.run());
  private engine: Engine;
  private isRunning = false;
  private isDue = false;

  constructor(engine: Engine, another: () => Engine, catalogue: Catalogue, first: Shown) {
    this.engine = engine;
    this.another = another;
    this.catalogue = catalogue;
    this.scenario = new Store(first.scenario);
    this.atMs = new Store(first.atMs ?? 0);
    void this.run();
  }

  /** Takes the scenario in place of the one that is shown, and runs it. */
  change(scenario: Scenario): void {
    this.scenario.set(scenario);
    void this.run();
  }

  /** Shows what a link or a file says. */
  open({ scenario, atMs = 0 }: Shown): void {
    this.change(scenario);
    this.atMs.set(atMs);
  }

  /** Gives up the run that is being made, with its worker; another takes its place. */
  stop(): void {
    this.engine.end();
    this.engine = this.another();
  }

  ask: Engine['ask'] = (ask, of, tell) => this.engine.ask(ask, of, tell);

  /** Runs what is chosen; of changes that come meanwhile the last alone. */
  private async run(): Promise<void> {
    this.isDue = true;
    if (this.isRunning) return;
    this.isRunning = true;
    this.busy.set(true);
    while (this.isDue) {
      this.isDue = false;
      const scenario = this.scenario.value;
      try {
        const own = await this.edited.made(scenario);
        this.show(scenario, own ?? (await this.engine.ask('run', scenario)), own !== undefined);
        this.problem.set('');
      } catch (error) {
        this.problem.set((error as Error).message);
      }
    }
    this.isRunning = false;
    this.busy.set(false);
  }

  private show(scenario: Scenario, made: Made, isOwn: boolean): void {
    const run = openedRun(made);
    const before = this.ran.value?.run;
    if (before) keepView(before, run);
    this.ran.set({ scenario, made, run, isOwn });
    if (this.atMs.value === 0) this.atMs.set(tellingMoment(run));
  }
}

/** When the last operation of the first anomaly begins, or the anomaly shows: what is worth a look. */
function tellingMoment({ page, ops }: Run): number {
  const [first] = page.anomalies;
  if (!first) return 0;
  const rows = first.operations.map((start) => ops.row(start)).filter((row) => row >= 0);
  return first.at?.ms ?? Math.max(0, ...rows.map((row) => ops.columns.startNs[row]! / 1e6));
}

/** What was zoomed into stays in view after a change, and lanes stay grouped as they were. */
function keepView(before: Run, run: Run): void {
  if (before.view.value !== before.bounds) run.view.set(clamped(before.view.value, run.bounds));
  run.search.set(before.search.value);
}

/** The first anomaly that breaks a claim, if one does. */
export function toldAnomaly({ run }: Pick<Ran, 'run'>): string | undefined {
  const broken = run.page.claims.find(({ verdict }) => verdict.type === 'invalid');
  return broken?.verdict.type === 'invalid' ? broken.verdict.anomalies[0].name : undefined;
}
