/** What a stored run's folder says of its history: the datatype, and the claims that the run was held to. */
import {
  datatypes,
  type History,
  type Judgement,
  type JudgeOptions,
  nameOf,
  type Offered,
  type Verdict,
} from 'elle-ts';
import { judgedAgain } from '../harness/judging/by-history.ts';
import { judgingToo } from '../harness/setting/fitting.ts';
import { isOwnModule } from '../harness/setting/own-module.ts';
import { withModules } from '../harness/setting/own-modules.ts';
import { sourceOf } from '../harness/setting/sources.ts';
import { workloadFrom } from '../harness/setting/workload-source.ts';
import type { Claim } from '../systems/system.ts';
import { workloads } from '../workloads/registry.ts';
import type { Workload } from '../workloads/workload.ts';

/**
 * The datatype of a stored run's history, which its setting's workload has and which the
 * history alone may not tell (a replicated counter looks like any counter). Undefined where
 * the setting or the workload is unknown: then it is detected. Rejects as `storedRun` does.
 */
export async function storedType(setting: StoredSetting): Promise<JudgeOptions['type']> {
  const workload = await storedWorkload(setting);
  return judgedType(workload?.datatype) ?? judgedType(workload?.placedAs);
}

/** The datatype, where a history can be judged as one: not an interface. */
function judgedType(type: Offered | undefined): JudgeOptions['type'] {
  if (typeof type === 'object') return type;
  return datatypes.find(({ name }) => name === type)?.name;
}

/** The text of a run's setting.json, and the folder that it lies in, from where it names modules. */
export interface StoredSetting {
  readonly text: string;
  readonly folder: string;
}

/**
 * The workload of the setting. Undefined where none of that name is built
 * in. Rejects with `BadInput` where it is in a module that is not to be had.
 */
async function storedWorkload({ text, folder }: StoredSetting): Promise<Workload | undefined> {
  const { system = '', workload, modules } = memberOf<StoredNames>(text);
  if (typeof workload !== 'string') return undefined;
  if (!isOwnModule(workload)) return workloads.find(({ name }) => name === workload);
  const here = withModules(folder, { system, workload }, modules);
  return workloadFrom(sourceOf(here.workload));
}

interface StoredNames {
  readonly system?: string;
  readonly workload?: string;
  readonly modules?: Readonly<Record<string, string>>;
}

/** What a run was held to, and what came of it. */
export interface StoredRun {
  readonly workload: Workload;
  readonly claims: readonly Claim[];
  readonly verdict: string;
  readonly says: string;
}

/**
 * The run of these files; undefined where it was never judged, or by claims that did not
 * cover it. Rejects with `BadInput` where its workload is in a module that is not to be had.
 */
export async function storedRun(setting: StoredSetting, judged: string): Promise<StoredRun | undefined> {
  const workload = await storedWorkload(setting);
  const { claims, verdict, says } = memberOf<{ claims?: unknown; verdict?: unknown; says?: unknown }>(judged);
  if (!workload || !Array.isArray(claims) || claims.length === 0) return undefined;
  const held = claims.flatMap((one) => (isJudged(one) ? [one.claim] : []));
  if (held.length < claims.length || typeof verdict !== 'string' || typeof says !== 'string') return undefined;
  return { workload: judgingToo(workload, held), claims: held, verdict, says };
}

function isJudged(value: unknown): value is { readonly claim: Claim } {
  const claim = (value as { readonly claim?: Partial<Claim> } | null)?.claim;
  return typeof claim?.model === 'string' && typeof claim.durable === 'string' && typeof claim.converges === 'boolean';
}

function memberOf<T extends object>(text: string): T | Record<string, never> {
  try {
    return (JSON.parse(text) as T | null) ?? {};
  } catch {
    return {};
  }
}

/** Whether the run's histories are of a datatype that only its workload knows, and no other model can be looked for. */
export function isOwnKind({ workload: { datatype, placedAs } }: StoredRun): boolean {
  return datatype !== 'transactions' && judgedType(datatype) === undefined && judgedType(placedAs) === undefined;
}

/**
 * The judgement of a run's history by the claims that the run was held to, in place of the strongest model
 * that there is. Where the run was refuted by what no history shows, its history alone affirms nothing.
 */
export function heldToClaims(run: StoredRun, history: History, placed?: Judgement): Judgement {
  const { workload, claims, verdict, says } = run;
  const again = judgedAgain(workload, claims, history);
  const model = [...new Set(claims.map((claim) => claim.model))].join(', ');
  const { type = nameOf(workload.datatype), models = {}, strongest = [], notes = [] } = placed ?? {};
  const judgement = { type, model, models, strongest, count: history.length };
  if (verdict === again.type) return { ...judgement, ...validityOf(again), notes };
  const itself = `the run itself was ${verdict}: ${says}`;
  const affirmed = verdict === 'invalid' && again.type === 'valid';
  const reason = `the history alone holds, but ${itself}`;
  return {
    ...judgement,
    ...validityOf(affirmed ? { type: 'unknown', reason } : again),
    notes: affirmed ? notes : [...notes, `judged by what the run was held to; ${itself}`],
  };
}

function validityOf(verdict: Verdict): Pick<Judgement, 'valid' | 'reason' | 'anomalies'> {
  if (verdict.type === 'unknown') return { valid: 'unknown', reason: verdict.reason, anomalies: [] };
  if (verdict.type === 'valid') return { valid: true, anomalies: [] };
  return { valid: false, reason: verdict.anomalies[0].message, anomalies: verdict.anomalies };
}
