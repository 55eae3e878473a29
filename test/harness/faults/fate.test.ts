import { describe, expect, it } from 'vitest';
import type { Journalled } from '../../../harness/clusters/cluster.ts';
import { simulate } from '../../../harness/clusters/simulation/simulate.ts';
import type { Run } from '../../../harness/judging/result.ts';
import { operationName } from '../../../harness/running/operation-names.ts';
import type { Plan } from '../../../harness/setting/plan.ts';
import { plan } from '../../../harness/setting/plan.ts';
import type { Design } from '../../../systems/system.ts';
import { workloads } from '../../../workloads/registry.ts';
import type { Workload } from '../../../workloads/workload.ts';
import { asyncStyle, handlerStyle, smallSetting } from '../scenes.ts';

const register = workloads.find(({ name }) => name === 'register')!;
const LAST_MS = 5000;
/** A last call long after all others keeps the run going until their messages are through. */
const workload: Workload = {
  ...register,
  final: () => [],
  calls: (draw, options) => [
    ...register.calls(draw, { ...options, durationMs: 1500 }),
    { id: 9999, client: 99, node: 'n1', atMs: LAST_MS, f: 'read', input: null as never },
  ],
};

async function messagesOf(
  system: Design,
  setting: ReturnType<typeof smallSetting>,
  of: Plan,
): Promise<readonly Journalled[]> {
  const { messages } = await runOf(system, setting, of);
  return messages;
}

async function runOf(system: Design, setting: ReturnType<typeof smallSetting>, of: Plan): Promise<Run> {
  return simulate({
    setting,
    plan: of,
    system,
    workload: { ...workload, final: () => [] },
    journal: true,
    claimsOnly: true,
  });
}

/** A message's fate, in a form that can be compared. */
function fatesOf(messages: readonly Journalled[]): Map<string, string> {
  // What is sent as the run ends may be cut off by its end.
  const whole = messages.filter((message) => message.sentMs < LAST_MS - 10);
  return new Map(whole.map((message) => [message.id, message.delaysMs.join(' ')]));
}

/** As many faults as there can be. */
const STORM = { name: 'storm' } as const;

/** Messages that a fault delayed, doubled or lost. */
function touched(messages: readonly Journalled[]): Set<string> {
  return new Set(messages.filter((message) => message.faults?.length).map((message) => message.id));
}

describe.each([
  ['handlers', handlerStyle],
  ['async code', asyncStyle],
] as const)('fates of messages of a system of %s', (_, ofRegisters) => {
  const system = ofRegisters as unknown as Design;
  const mix = { write: 1 };

  it('stay as they were for all that a removed call did not cause, in 200 plans', async () => {
    let kept = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const options = { ...smallSetting(seed).options, clients: 40, durationMs: LAST_MS, ratePerSecond: 6, mix };
      const setting = smallSetting(seed, { options, faults: ['link'], rhythm: STORM });
      const whole = plan(setting, workload);
      const removed = whole.calls[seed % (whole.calls.length - 1)]!;
      const { messages: before, calls, history } = await runOf(system, setting, whole);
      const cause = operationName(history.columns.start[calls.indexOf(removed.id)] ?? -1);
      const after = await messagesOf(system, setting, {
        ...whole,
        calls: whole.calls.filter((call) => call !== removed),
      });
      const roots = new Map(before.map((message) => [message.id, message.root]));
      const fates = fatesOf(after);
      const elsewhere = new Set([...touched(before), ...touched(after)]);
      for (const [id, fate] of fatesOf(before)) {
        if (roots.get(id) === cause) continue;
        // A client that was busy with the removed call may make its next one earlier, and so under other faults.
        if (elsewhere.has(id)) continue;
        expect(fates.get(id), `seed ${seed}: ${id} of ${roots.get(id)}`).toBe(fate);
        kept++;
      }
    }
    expect(kept).toBeGreaterThan(4_000);
  });

  it('stay as they were for all that a removed fault did not touch, in 200 plans', async () => {
    let kept = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const options = { ...smallSetting(seed).options, clients: 40, durationMs: LAST_MS, ratePerSecond: 6, mix };
      const setting = smallSetting(seed, {
        options,
        faults: ['link', 'partition', 'crash', 'pause', 'clock'],
        rhythm: STORM,
      });
      const whole = plan(setting, workload);
      const removed = whole.faults[seed % whole.faults.length]!;
      const before = await messagesOf(system, setting, whole);
      const after = await messagesOf(system, setting, {
        ...whole,
        faults: whole.faults.filter((fault) => fault !== removed),
      });
      const fates = fatesOf(after);
      const byFault = new Set([...touched(before), ...touched(after)]);
      for (const [id, fate] of fatesOf(before)) {
        // A node that a crash kept from acting sends less: what is sent in both runs must fare the same.
        if (byFault.has(id) || !fates.has(id)) continue;
        expect(fates.get(id), `seed ${seed}: ${id}`).toBe(fate);
        kept++;
      }
    }
    expect(kept).toBeGreaterThan(4_000);
  });
});
