/**
 * The worker of all pages, which is what its name says: one text for what simulates and for what judges files, since
 * most of both is the same checkers.
 */
import { judging } from './check/judging.ts';
import { simulating } from './engine/simulating.ts';

const ROLES = { simulate: simulating, check: judging };
ROLES[(self as unknown as { readonly name: keyof typeof ROLES }).name]();
