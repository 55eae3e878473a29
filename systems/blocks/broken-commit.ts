/** Two-phase commit with a step wrong: what twins replace in the designs that use it. */
import type { CommitSteps } from './atomic-commit.ts';
import { volatileMap } from './durable-map.ts';

export const decisionNotLogged: Partial<CommitSteps> = { openDecisions: async () => volatileMap() };

export const voteNotLogged: Partial<CommitSteps> = { openPromises: async () => volatileMap() };

/** A participant takes its coordinator's silence for an abort. */
export const abortsInDoubt: Partial<CommitSteps> = { presume: () => 'abort' };

export const neverAsks: Partial<CommitSteps> = { whileInDoubt: async () => undefined };
