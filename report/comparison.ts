import type { Comparison } from '../harness/compare/comparison.ts';
import type { ComparisonPage } from './page/data.ts';
import { filled } from './template.ts';

/**
 * A comparison as one HTML file: the staircase, the figures,
 * the trade-off, and behind each of them the runs that gave it.
 */
export function comparisonPage(comparison: Comparison): string {
  const page: ComparisonPage = { kind: 'comparison', comparison };
  return filled({ page });
}
