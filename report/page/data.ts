/**
 * What a page is given, as plain data: the harness's results with what is too long cut, and said so.
 * The operations and the messages are not in it; they lie compressed beside it and are unpacked by `unpack.ts`.
 */

import type { CycleEdge } from 'elle-ts';
import type { Outcome } from '../../harness/campaign/gate.ts';
import type { Summary } from '../../harness/campaign/summary.ts';
import type { Journalled } from '../../harness/clusters/cluster.ts';
import type { Comparison } from '../../harness/compare/comparison.ts';
import type { Metrics } from '../../harness/judging/metrics/metrics.ts';
import type { Result } from '../../harness/judging/result.ts';
import type { Setting } from '../../harness/setting/plan.ts';

/** All that a run's page shows before its operations are unpacked. */
export interface RunPage {
  readonly kind: 'run';
  readonly command: string;
  /** It is a history from elsewhere: of its setting only names are known. */
  readonly isHistory: boolean;
  readonly setting: Setting;
  readonly verdict: Result['verdict'];
  readonly says: string;
  /** Whether the claims were kept and something was found that goes beyond them. */
  readonly beyond: boolean;
  readonly claims: Result['claims'];
  readonly checkers: readonly Judged[];
  /** The models that held and that no other model that held is stronger than. */
  readonly strongest: readonly string[];
  readonly anomalies: readonly Told[];
  /** How many anomalies of each kind there are; not all of many are told. */
  readonly found: Readonly<Record<string, number>>;
  readonly evidence: Result['evidence'];
  /** What a program did that its protocol does not have. */
  readonly protocol: NonNullable<Result['protocol']>;
  readonly faults: Result['faults'];
  readonly healedMs: number;
  readonly recoveryMs: number | null;
  readonly traffic: Result['traffic'];
  /** What was measured, without the distributions; null for results from before there was any. */
  readonly metrics: Measured | null;
  /** Of real software; null for all else. */
  readonly software: Software | null;
  readonly logs: readonly Log[];
  readonly operations: number;
  readonly messages: number;
  /** How many messages were left out for size: those far from every anomaly. */
  readonly messagesLeftOut: number;
}

/** Where else to go from a report: its campaign, the next failure, what it was shrunk to. */
export interface PageLink {
  /** Relative to the page's folder. */
  readonly href: string;
  readonly name: string;
}

/** The part of a run's metrics that the page shows as tables. */
export type Measured = Pick<Metrics, 'windowMs' | 'health' | 'consistency' | 'availability'> & {
  readonly latencyMs: readonly Omit<Metrics['latencyMs'][number], 'histogram'>[];
};

/** A checker's verdict in short. */
export interface Judged {
  readonly name: string;
  readonly type: 'valid' | 'invalid' | 'unknown';
  readonly reason: string;
  readonly anomalies: number;
}

/** An anomaly as the page tells it; `checkers` are all that found the same. */
export interface Told {
  readonly name: string;
  readonly checkers: readonly string[];
  readonly message: string;
  readonly steps: readonly string[];
  readonly operations: readonly number[];
  /** Where it is a cycle that is not too long to be drawn: its edges in order. */
  readonly cycle: readonly CycleEdge[] | null;
  readonly at: { readonly ms: number; readonly nodes: readonly string[] } | null;
}

/** What real software did, over the time in which it was looked at. */
export interface Software {
  readonly programs: NonNullable<Result['programs']>;
  readonly notes: NonNullable<Result['notes']>;
  readonly lanes: readonly Lane[];
  readonly links: readonly LinkRow[];
  readonly untilMs: number;
  /** When what the verdict names happened. */
  readonly momentMs: number | null;
}

/** What a node was, and when. */
export interface Lane {
  readonly node: string;
  readonly pieces: readonly Piece[];
}

/** What passed from one node to another by one of its ports. */
export interface LinkRow {
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly bytes: number;
  readonly held: number;
  readonly pieces: readonly Piece[];
}

/** A stretch of time in which something was as its kind says. */
export interface Piece {
  readonly kind: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A node's last lines; `cut` characters before them are left out. */
export interface Log {
  readonly node: string;
  readonly text: string;
  readonly cut: number;
}

/** A message whose body was written out and cut. */
export type Message = Omit<Journalled, 'body' | 'delaysMs'> & {
  readonly body?: string;
  /** What it goes back to is only likely: of a program in real time nobody sees what made it write a line. */
  readonly guessed?: true;
};

/** A campaign's page: one summary. */
export interface CampaignPage {
  readonly kind: 'campaign';
  readonly summary: Summary;
  readonly failures: readonly Failure[];
}

/** What broke in one cell, as the campaign's page shows it. */
export interface Failure {
  readonly name: string;
  readonly outcome: Outcome;
  /** How many seeds showed it. */
  readonly seen: string;
  /** The sentence, and the drawing in text. */
  readonly lines: readonly string[];
  readonly command?: string;
  /** The id of the run that shows it. */
  readonly run: string;
  /** Whether its folder has what it was shrunk to. */
  readonly shrunk: boolean;
}

/** The page that `splitbrain serve` answers: all results, kept up to date. */
export interface ResultsPage {
  readonly kind: 'results';
  readonly entries: readonly Entry[];
}

/**
 * A folder of results. `path` is relative to the folder that
 * is served; `changedMs` is when its newest file was written.
 */
export type Entry = { readonly path: string; readonly changedMs: number } & (
  | FinishedRun
  | RunningRun
  | CampaignFolder
  | Damaged
);

/** A run with a verdict. */
export interface FinishedRun {
  readonly kind: 'run';
  readonly verdict: 'valid' | 'invalid' | 'unknown';
  readonly says: string;
  readonly system: string;
  readonly workload: string;
  readonly cluster: string;
  readonly seed: number;
  readonly faults: readonly string[];
  readonly calls: number;
  readonly recoveryMs: number | null;
  readonly messages: number;
  readonly anomalies: readonly string[];
  readonly models: Readonly<Record<string, 'valid' | 'invalid' | 'unknown'>>;
  readonly hasReport: boolean;
}

/** A run whose history is still growing. */
export interface RunningRun {
  readonly kind: 'running';
  readonly system: string;
  readonly workload: string;
  readonly seed: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  /** Completed operations a second, lately. */
  readonly rate: number;
  /** The faults that last now. */
  readonly active: readonly string[];
}

/** A campaign: its runs are entries whose paths begin with its own. */
export interface CampaignFolder {
  readonly kind: 'campaign';
  /** Whether it has ended, which is when its summary is written. */
  readonly ended: boolean;
  readonly hasIndex: boolean;
  /** How many runs were planned; absent where neither its summary nor its progress says. */
  readonly planned?: number;
  /** How many of them were made. */
  readonly made?: number;
  /** Whether it is a comparison, which keeps only the runs that prove something whole. */
  readonly isComparison: boolean;
}

/** A folder that looks like a result and cannot be read as one. */
interface Damaged {
  readonly kind: 'damaged';
  readonly why: string;
}

/** A comparison's page. */
export interface ComparisonPage {
  readonly kind: 'comparison';
  readonly comparison: Comparison;
}

export type Page = RunPage | CampaignPage | ComparisonPage | ResultsPage;

/** What stands before the columns of packed operations. */
export interface PackedNames {
  readonly length: number;
  /** How many reads were looked at for their age; null where the datatype's reads have none. */
  readonly reads: number | null;
  readonly fNames: readonly string[];
  readonly keyNames: readonly string[];
  readonly nodeNames: readonly string[];
  readonly errors: readonly string[];
}
