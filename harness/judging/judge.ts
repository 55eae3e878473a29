/** From what was executed to a result: checkers, claims, evidence, and one verdict with its reason. */
import {
  type Anomaly,
  prepare as conformed,
  HistoryError,
  judgePrepared as placed,
  type Verdict,
  worst,
} from 'elle-ts';
import { type Claim, type FaultKind, isDesign, type System } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { Traffic } from '../clusters/cluster.ts';
import { HarnessFailure } from '../failure.ts';
import { kindsAmong } from '../faults/meanings.ts';
import { type Thrown, thrownText } from '../node/thrown.ts';
import type { Executed } from '../running/execute.ts';
import { starvedInAll } from '../running/starved.ts';
import type { Plan, Setting } from '../setting/plan.ts';
import { judgeAnswered } from './answered.ts';
import { judgeAvailability } from './availability.ts';
import { type Beyond, beyondClaims, beyondText } from './beyond.ts';
import { checkedBy, partsOf } from './by-history.ts';
import { weigh } from './evidence.ts';
import { metricsOf } from './metrics/metrics.ts';
import { judgeRecovery, recoveryOf } from './recovery.ts';
import type { Result } from './result.ts';
import { tallyOf } from './tally.ts';

export interface Judged {
  readonly setting: Setting;
  readonly plan: Plan;
  readonly system: System;
  readonly workload: Workload;
  readonly executed: Executed;
  readonly traffic: Traffic;
  /** Broken invariants, where somebody watched for them. */
  readonly breaches?: readonly Anomaly[];
  /** Runs the checkers that the claims need and no others: what a search of thousands of runs can afford. */
  readonly claimsOnly: boolean;
}

/** The claims that cover these kinds of fault: those that tolerate every one of them. */
function claimsFor(system: System, kinds: readonly FaultKind[]): readonly Claim[] {
  return system.claims.filter((claim) => kinds.every((kind) => claim.under.includes(kind)));
}

export function judge(run: Judged): Result {
  const { setting, plan, system, executed } = run;
  const transactions = meant(run);
  const kinds = kindsAmong(plan.faults);
  const covering = claimsFor(system, kinds);
  const checkers = runCheckers(run, covering);
  const claims = covering.map((claim) => ({ claim, verdict: judgeClaim(claim, checkers, run) }));
  const tally = tallyOf({ ...run, claims: covering });
  const evidence = weigh(tally, functionsOf(setting), kinds, covering);
  const placement = run.claimsOnly || !transactions ? undefined : placementOf(transactions);
  const thrown = [...executed.thrown.atClients, ...executed.thrown.inHandlers];
  const beyond = beyondClaims({ claims, checkers, ...(placement ? { placement } : {}) });
  const { verdict, says } = naming(thrown, conclusion(claims, evidence, system, beyond));
  const result: Omit<Result, 'metrics'> = {
    verdict,
    says: placement
      ? `${says.replace(/\.$/, '')}; strongest that holds: ${placement.strongest.join(', ') || 'no model'}`
      : says,
    ...(placement ? { placement } : {}),
    claims,
    checkers,
    evidence,
    tally,
    faults: executed.faults,
    healedMs: executed.healedMs,
    ...recoveryOf(executed, plan),
    ...(executed.starved ? { starvedMs: executed.starved.all } : {}),
    ...(thrown.length > 0 ? { thrown } : {}),
    traffic: run.traffic,
  };
  return run.claimsOnly ? result : { ...result, metrics: metricsOf(result, executed.recorder, setting.nodes) };
}

type Meant = ReturnType<typeof conformed>;

/**
 * The history as the datatype means it among whose models it is placed; nothing where there is
 * none. What a call returned is looked at when it returns, but what the interface of transactions
 * leaves open only the workload's datatype says: a read of a list shows a list. Throws
 * `HarnessFailure`, since a history of wrong values would accuse the system of the wrong thing.
 */
function meant({ workload, system, executed, claimsOnly }: Judged): Meant | undefined {
  const { history } = executed.recorder;
  const { placedAs, datatype } = workload;
  if (placedAs === undefined || (claimsOnly && placedAs === datatype)) return undefined;
  try {
    return conformed(history, { type: placedAs });
  } catch (error) {
    if (!(error instanceof HistoryError) || error.operation === undefined) throw error;
    const at = [...history].find(({ start }) => start === error.operation);
    throw new HarnessFailure(
      `${system.name} returned what it cannot${at?.node ? ` at ${at.node}` : ''}: ${error.reason}`,
    );
  }
}

/** Whatever is not valid may be so because of an error that the system's code threw: then that is told. */
function naming(thrown: readonly Thrown[], told: Pick<Result, 'verdict' | 'says'>): Pick<Result, 'verdict' | 'says'> {
  const { verdict, says } = told;
  if (thrown.length === 0 || verdict === 'valid') return told;
  return { verdict, says: `${says.replace(/\.$/, '')}; its code threw errors: ${thrownText(thrown)}` };
}

function functionsOf(setting: Setting): readonly string[] {
  return Object.entries(setting.options.mix).flatMap(([f, share]) => (share > 0 ? [f] : []));
}

function runCheckers(run: Judged, covering: readonly Claim[]): Record<string, Verdict> {
  const { workload, executed, claimsOnly } = run;
  const verdicts = checkedBy(workload, executed.recorder.history, claimsOnly ? covering : undefined);
  if (executed.convergence) verdicts.convergence = executed.convergence;
  const [first, ...rest] = run.breaches ?? [];
  if (isDesign(run.system) && run.system.invariants && run.breaches)
    verdicts.invariants = first ? { type: 'invalid', anomalies: [first, ...rest] } : { type: 'valid' };
  return verdicts;
}

/** Steps that the search for an order of blind writes may take, for each model. */
const PLACING_BUDGET = 2_000_000;

/** Places the history among all models of its type, whatever was claimed. */
function placementOf(meant: Meant): Result['placement'] {
  const { strongest, anomalies, models } = placed(meant, { budget: PLACING_BUDGET });
  const unknown = Object.keys(models).filter((model) => models[model] === 'unknown');
  return { strongest, anomalies, unknown };
}

function judgeClaim(claim: Claim, checkers: Readonly<Record<string, Verdict>>, run: Judged): Verdict {
  const parts: Verdict[] = [...partsOf(claim, run.workload, checkers)];
  if (checkers.invariants) parts.push(checkers.invariants);
  parts.push(judgeRecovery(claim, run.executed));
  const { recorder, faults, healedMs, thrown, starved } = run.executed;
  const starvedMs = starved ? starvedInAll(starved.main) : 0;
  const excuses = { thrown: thrown.inHandlers, starvedMs };
  parts.push(judgeAvailability(claim, recorder, faults, healedMs, run.setting, excuses));
  parts.push(judgeAnswered(claim, recorder, healedMs, excuses));
  return worst(parts);
}

function conclusion(
  claims: Result['claims'],
  evidence: Result['evidence'],
  { name }: System,
  beyond: Beyond | undefined,
): Pick<Result, 'verdict' | 'says'> {
  const broken = claims.find(({ verdict }) => verdict.type === 'invalid');
  if (broken?.verdict.type === 'invalid') {
    return {
      verdict: 'invalid',
      says: `${name} claims ${broken.claim.model}, but: ${broken.verdict.anomalies[0].message}`,
    };
  }
  const undecided = claims.find(({ verdict }) => verdict.type === 'unknown');
  if (undecided?.verdict.type === 'unknown') return { verdict: 'unknown', says: undecided.verdict.reason };
  if (claims.length === 0) return { verdict: 'unknown', says: `${name} claims nothing under these faults` };
  const missing = evidence.find(({ enough }) => !enough);
  if (missing) return { verdict: 'unknown', says: `no anomaly, but too little evidence: ${missing.says}` };
  const models = [...new Set(claims.map(({ claim }) => claim.model))].join(', ');
  if (beyond) return { verdict: 'valid', says: `the claim of ${name} held (${models}); ${beyondText(beyond)}` };
  return { verdict: 'valid', says: `no anomaly found: the claim of ${name} held (${models})` };
}
