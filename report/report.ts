import { workersOf } from '../harness/running/workers.ts';
import { guessedAmong, keptMessages } from './messages.ts';
import { packHistory, packMessages } from './packed.ts';
import type { PageLink } from './page/data.ts';
import { type RunPageInput, runPage } from './run-page.ts';
import { filled } from './template.ts';

/** Everything that a report of one run is made of. */
export interface ReportInput extends RunPageInput {
  /** What lies beside it; none where it stands alone. */
  readonly links?: readonly PageLink[];
}

/**
 * The whole report as one HTML file, which opens from disk without a network. What
 * comes from a history, a node or a file is put in as data and never as HTML. Linear
 * in operations and messages; a hundred thousand operations take under two seconds.
 */
export function report(input: ReportInput): string {
  const { result, history } = input;
  const messages = keptMessages(input.messages, history, result);
  return filled({
    page: runPage(input, messages.length),
    operations: packHistory(history, workersOf(input)).toString('base64'),
    messages: packMessages(messages, guessedAmong(input.messages))?.toString('base64') ?? '',
    links: input.links ?? [],
  });
}
