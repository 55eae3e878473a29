import type { ComparedCell } from '../../harness/compare/comparison.ts';

/** `4/50 runs` where a cell has fewer runs than were planned; `not run` where it has none. */
export function Share({ cell }: { readonly cell: ComparedCell }) {
  const { judged, planned } = cell.share;
  if (judged >= planned) return null;
  return <small class="share">{judged === 0 ? `not run 0/${planned}` : `${judged}/${planned} runs`}</small>;
}
