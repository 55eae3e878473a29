/**
 * Begins and ends a plan's faults on the cluster's clock, each
 * in a lane of its own, and writes down what each was seen to do.
 */
import type { Cluster } from '../clusters/cluster.ts';
import { HarnessFailure } from '../failure.ts';
import type { FaultEffect } from '../faults/effect.ts';
import type { Fault } from '../faults/fault.ts';
import { type Observed, toldOf } from '../faults/meanings.ts';
import type { Recorder } from './recorder.ts';

export interface InjectedFault extends Observed {
  /** When it really began and ended, in ms since the start of the main phase. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Runs every fault from its begin to its end. Resolves when all that began have ended. */
export async function injectFaults(
  cluster: Cluster,
  recorder: Recorder,
  faults: readonly Fault[],
  elapsed: () => number,
  untilMs: number,
): Promise<readonly InjectedFault[]> {
  const lanes = faults.map(async (planned) => {
    const fault = planned.on ? await atMessage(cluster, planned, untilMs) : await atTime(cluster, planned, elapsed);
    if (!fault) return undefined;
    const fromMs = elapsed();
    const began = await indeterminate(cluster.begin(fault));
    recorder.nemesis('begin', { fault, effect: began });
    await cluster.sleep(Math.max(0, fault.toMs - fault.fromMs));
    const ended = await indeterminate(cluster.end(fault));
    recorder.nemesis('end', { fault: { id: fault.id, kind: fault.kind }, effect: ended });
    const told = toldOf({ fault: planned, began, ended });
    return { fault: planned, began, ended, fromMs, toMs: elapsed(), ...(told ? { told } : {}) };
  });
  return (await Promise.all(lanes)).filter((injected) => injected !== undefined);
}

async function atTime(cluster: Cluster, fault: Fault, elapsed: () => number): Promise<Fault> {
  await cluster.sleep(Math.max(0, fault.fromMs - elapsed()));
  return fault;
}

/** Waits for the message that the fault names; a message that never comes is a fault that never begins. */
function atMessage(cluster: Cluster, fault: Fault, untilMs: number): Promise<Fault | undefined> {
  return new Promise((resolve) => {
    cluster.watch?.(fault, (at) => resolve('targets' in fault ? { ...fault, targets: [at] } : fault));
    void cluster.sleep(untilMs).then(() => resolve(undefined));
  });
}

/**
 * A fault whose begin or end threw may or may not be active: it counts as no evidence, and is healed
 * like the others. What the harness or a user's kind of fault cannot do ends the run instead.
 */
function indeterminate(effect: Promise<FaultEffect>): Promise<FaultEffect> {
  return effect.catch((error: unknown) => {
    if (error instanceof HarnessFailure) throw error;
    return 'indeterminate' as const;
  });
}
