/**
 * Whether a database's adapter keeps what the harness relies on: that faults do what they say, that nothing avoids
 * them, and that what is told of calls is true. What cannot be checked is said to be skipped.
 */
import type { Database } from '../../../../databases/database.ts';
import { BadInput, HarnessFailure } from '../../../failure.ts';
import { newTemporaryPath } from '../../children/marks.ts';
import { Databases } from '../cluster.ts';
import { executablesOf, type Found } from '../executables.ts';
import * as faults from './faults.ts';
import { nothingIsLeft, type RunCommand } from './leftovers.ts';
import type { CheckId, Line } from './line.ts';
import { mappingChecks } from './mapping.ts';
import { PROBED, probeFor } from './probe.ts';
import { CALL_MS, Trial } from './trial.ts';

/** Of what operators did, so much is told where a cluster breaks. */
const LAST_NOTES = 3;

export interface Conforming {
  readonly database: Database;
  readonly programs?: Readonly<Record<string, string>> | undefined;
  readonly wanted: readonly CheckId[];
  /** Makes a run of the same database, which will be killed. */
  readonly runCommand: RunCommand;
  /** Makes a healthy run and judges it. */
  healthyRun(): Promise<{ readonly verdict: 'valid' | 'invalid' | 'unknown'; readonly says: string }>;
  /** Takes each line as soon as it is known. */
  readonly tell: (line: Line) => void;
}

/** Checks what is wanted, one after the other. Rejects with `BadInput` where it cannot be started here. */
export async function conform(conforming: Conforming): Promise<readonly Line[]> {
  const { database, wanted } = conforming;
  const programs = executablesOf(database, conforming.programs);
  if (!probeFor(database)) throw new BadInput(`conform knows how to write and read ${PROBED.join(', ')} only`);
  const lines: Line[] = [];
  const tell = (...those: readonly Line[]) => {
    for (const line of those.filter(({ id }) => wanted.includes(id))) {
      lines.push(line);
      conforming.tell(line);
    }
  };
  const stopped = await withCluster(conforming, programs, tell);
  if (stopped && wanted.includes('C13')) tell(await nothingIsLeft(stopped, conforming.runCommand, database.readyMs));
  if (wanted.includes('C15')) tell(await healthy(conforming));
  return lines;
}

async function healthy({ healthyRun }: Conforming): Promise<Line> {
  try {
    const { verdict, says } = await healthyRun();
    return { id: 'C15', verdict: verdict === 'valid' ? 'passed' : 'failed', detail: `${verdict}: ${says}` };
  } catch (error) {
    if (error instanceof HarnessFailure) return { id: 'C15', verdict: 'failed', detail: error.message };
    throw error;
  }
}

type Tell = (...lines: readonly Line[]) => void;

async function withCluster(conforming: Conforming, programs: ReadonlyMap<string, Found>, tell: Tell) {
  const { database } = conforming;
  const temporary = newTemporaryPath();
  const nodes = Array.from({ length: database.fixed?.nodes ?? 3 }, (_, i) => `n${i + 1}`);
  const beganMs = performance.now();
  let cluster: Databases;
  try {
    cluster = await Databases.launch({
      ...{ database, programs, nodes, callTimeoutMs: CALL_MS, logFolder: temporary, temporary },
      links: { seed: 1, calm: false, odd: {} },
    });
  } catch (error) {
    if (!(error instanceof HarnessFailure)) throw error;
    const id = error.message.startsWith('connections go around') ? 'C3' : 'C1';
    tell({ id, verdict: 'failed', detail: error.message });
    return undefined;
  }
  try {
    tell(ready(programs, performance.now() - beganMs));
    await Promise.race([cluster.failed, checkAll(new Trial(cluster, database, probeFor(database)!), conforming, tell)]);
  } catch (error) {
    if (!(error instanceof HarnessFailure)) throw error;
    const id = error.message.startsWith('connections go around') ? 'C3' : 'C1';
    const notes = cluster.notes.slice(-LAST_NOTES).map(({ says }) => says);
    tell({ id, verdict: 'failed', detail: [`the cluster broke: ${error.message}`, ...notes].join('; ') });
  } finally {
    await cluster.stop();
  }
  const ports = nodes.flatMap((node) => Object.keys(database.ports).map((name) => cluster.hostOf(node).port(name)));
  return { mark: cluster.mark, folder: temporary, ports };
}

function ready(programs: ReadonlyMap<string, Found>, ms: number): Line {
  const versions = [...programs].map(([name, { version }]) => `${name}: ${version}`);
  const isKnown = [...programs.values()].every(({ version }) => version !== 'unknown version');
  const detail = `ready after ${Math.round(ms)} ms; ${versions.join('; ')}`;
  return { id: 'C1', verdict: isKnown ? 'passed' : 'failed', detail };
}

async function checkAll(trial: Trial, { wanted }: Conforming, tell: Tell): Promise<void> {
  const wants = (...ids: readonly CheckId[]) => ids.some((id) => wanted.includes(id));
  if (wants('C16')) tell(await faults.firstLeaderDies(trial));
  // What others look at is what these wrote.
  if (wants('C2', 'C4', 'C5', 'C8', 'C10')) tell(await faults.everyNodeWrites(trial));
  if (wants('C14a', 'C14b', 'C14c', 'C14d', 'C14e', 'C14f'))
    tell(...(await mappingChecks(trial, trial.cluster.hostOf(trial.nodes[0]!), wanted)));
  if (wants('C6', 'C7')) tell(...(await faults.cutOff(trial)));
  if (wants('C8')) tell(await faults.isRead(trial, 'C8'));
  if (wants('C9', 'C10')) tell(await faults.killed(trial));
  if (wants('C10')) tell(await faults.isRead(trial, 'C10'));
  if (wants('C11')) tell(await faults.paused(trial));
  if (wants('C12')) tell(await faults.clockIsSeen(trial));
  if (wants('C3')) tell(await faults.nothingGoesAround(trial));
  tell(faults.sourcesAreKnown(trial), faults.linksAreDeclared(trial));
}
