/** What the page asks its worker, and what it is told: plain data that can be cloned. */
import type { Counterexample } from '../../harness/explore/counterexample-text.ts';
import type { Planned } from '../../harness/explore/trial.ts';
import type { Message, RunPage } from '../../report/page/data.ts';
import type { Catalogue } from './catalogue.ts';
import type { Scenario } from './scenario.ts';

/** A run as the page shows it: the same shapes as in a report. */
export interface Made {
  readonly page: RunPage;
  /** The operations as `report/columns.ts` packs them. */
  readonly operations: Uint8Array<ArrayBuffer>;
  readonly messages: readonly Message[];
  /** All that determined it. */
  readonly planned: Planned;
  /** A hash of all messages and their times: equal hashes are equal runs. */
  readonly trace: string;
  readonly tookMs: number;
}

/** What came of one design under a plan. */
export interface Compared {
  readonly system: string;
  readonly verdict: 'valid' | 'invalid' | 'unknown';
  readonly says: string;
  /** Names of the anomalies that break its claims. */
  readonly anomalies: readonly string[];
  /** Calls of clients that were answered, and all. */
  readonly answered: number;
  readonly calls: number;
  readonly messages: number;
  /** Why it could not be run. */
  readonly error?: string;
}

/** How far a search is. */
export interface Searching {
  readonly runs: number;
  readonly seed: number;
  readonly tookMs: number;
}

/** What a search ended with: a seed that breaks a claim, or none among as many as were asked for. */
export interface Searched extends Searching {
  readonly found?: { readonly seed: number; readonly anomaly: string; readonly message: string };
}

/** What can be asked, by name: of what, and what it gives. */
export interface Asks {
  run: { readonly of: Scenario; readonly gives: Made };
  compare: { readonly of: CompareAsked; readonly gives: readonly Compared[] };
  search: { readonly of: SearchAsked; readonly gives: Searched };
  shrink: { readonly of: BreachAsked; readonly gives: Counterexample };
  /** The run as it is, as a counterexample. */
  example: { readonly of: BreachAsked; readonly gives: Counterexample };
  /** What a counterexample's file says. */
  open: { readonly of: { readonly text: string; readonly file: string }; readonly gives: Scenario };
}

export interface CompareAsked {
  readonly scenario: Scenario;
  readonly systems: readonly string[];
}
export interface SearchAsked {
  readonly scenario: Scenario;
  /** The first seed, and how many are tried at most. */
  readonly from: number;
  readonly most: number;
}
export interface BreachAsked {
  readonly planned: Planned;
  readonly anomaly: string;
}

/** A question on its way; answers bear its number. */
export type Asked = {
  readonly [K in keyof Asks]: { readonly id: number; readonly ask: K; readonly of: Asks[K]['of'] };
}[keyof Asks];

export type Told =
  | { readonly ready: Catalogue }
  | { readonly id: number; readonly so: Searching }
  | { readonly id: number; readonly gives: Asks[keyof Asks]['gives'] }
  | { readonly id: number; readonly error: string };
