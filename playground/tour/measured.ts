/** Slide 13 in figures: its score of some designs in one partition, beside what is measured here. */
import type { Made } from '../engine/messages.ts';
import type { Scenario } from '../engine/scenario.ts';
import { openedRun } from '../page/opened-run.ts';
import { monitored, systemScore } from './score.ts';

/** What answers nothing, what answers whatever it has, what fails, and what is sound. */
export const MEASURED = ['cap/slide-cp', 'no-replication', 'async-replication/slide', 'quorum/abd'] as const;

const NODES = ['n1', 'n2', 'n3'];
const DURATION_MS = 3000;

/** Three virtual seconds of reads and writes, and a node that is cut off all the time. */
export function scenarioFor(system: string): Scenario {
  const cut = NODES.slice(1).flatMap((node) => [['n1', node] as const, [node, 'n1'] as const]);
  return {
    setting: {
      ...{
        system,
        workload: 'register',
        cluster: 'simulation',
        seed: 7,
        nodes: NODES,
        faults: [],
        callTimeoutMs: 500,
      },
      options: {
        clients: 5,
        nodes: NODES,
        durationMs: DURATION_MS,
        ratePerSecond: 20,
        keys: 2,
        mix: { read: 1, write: 1 },
      },
    },
    given: { faults: [{ id: 0, kind: 'partition', fromMs: 0, toMs: DURATION_MS, cut }] },
  };
}

export interface Figures {
  readonly system: string;
  /** The slide's, from 0 to 1. */
  readonly score: number;
  /** Of the calls that clients made while the partition lasted: those that did what they were to do. */
  readonly done: number;
  readonly called: number;
  /** Whether its claims were kept, in words. */
  readonly claims: string;
}

export function figuresOf(system: string, made: Made): Figures {
  const run = openedRun(made);
  const during = made.page.metrics?.availability.faults.flatMap(({ sides }) => sides) ?? [];
  const sum = (of: 'called' | 'committed') => during.reduce((total, side) => total + side[of], 0);
  const { verdict, anomalies, claims } = made.page;
  const broken = [...new Set(anomalies.map(({ name }) => name))].join(', ');
  const models = claims.map(({ claim }) => claim.model).join(', ');
  return {
    system,
    score: systemScore(monitored(made.page, run.ops)),
    done: sum('committed'),
    called: sum('called'),
    claims: `${models}: ${verdict === 'invalid' ? `refuted (${broken})` : verdict}`,
  };
}
