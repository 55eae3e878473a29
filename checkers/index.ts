/** elle-ts: judges histories of concurrent operations. This file is the package's whole interface. */
export { type Anomaly, type Checker, type Verdict, worst } from './checker.ts';
export {
  type Api,
  type Call,
  type Columns,
  FAIL,
  type History,
  HistoryBuilder,
  historyOf,
  INFO,
  type Input,
  NEVER,
  NEVER_COLUMN,
  type NemesisEvent,
  OK,
  type Operation,
  type Outcome,
  type Output,
} from './history.ts';
export type { Model } from './model.ts';
