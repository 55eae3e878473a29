/** What the edges of cycles are called in drawings. */
import type { CycleEdge } from 'elle-ts';

/** The kind of an edge in the letters of the field, and in a few words what its end did to its beginning. */
const REASONS: Readonly<Record<CycleEdge['kind'], string>> = {
  ww: 'ww: overwritten',
  wr: 'wr: was read',
  rw: 'rw: read before overwritten',
  wrp: 'wr: was found by a predicate',
  rwp: 'rw: predicate before a change',
  realtime: 'real time',
  process: 'session',
  seen: 'seen and not read',
  init: 'initial value',
  version: 'earlier version',
};

/** Why the one end of an edge comes before the other, in two words. */
export function edgeText({ kind }: Pick<CycleEdge, 'kind'>): string {
  return REASONS[kind];
}
