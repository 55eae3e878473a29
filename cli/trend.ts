/** `splitbrain trend`: what became worse or better over many campaigns, and since when. */
import { Command } from 'commander';
import { readResults } from '../harness/campaign/results-log.ts';
import { trendsOf } from '../harness/compare/trend.ts';
import { writeWhole } from '../harness/store/whole-file.ts';
import { EXIT } from './exit.ts';
import { trendMarkdown, trendPage } from './trend-text.ts';

interface TrendFlags {
  readonly page?: string;
  readonly json?: true;
}

const EXAMPLE = `
Examples:
  $ splitbrain trend                                  of results/results.jsonl
  $ splitbrain trend nightly/results.jsonl --page trend.html

Each campaign and each merge appends a line for each of its cells to results.jsonl beside its folder. A cell became
worse where its verdict moved to the right in held, unknown, refuted, or where the 95% intervals of a rate do not meet.

Exit code: 0, 254 bad arguments. It stops no build: splitbrain compare A B does.`;

export function trendCommand(): Command {
  return new Command('trend')
    .description('what became worse or better over many campaigns, and since when, as Markdown and as a page')
    .argument('[file]', 'a results.jsonl', 'results/results.jsonl')
    .option('--page <file>', 'write a page, too')
    .option('--json', 'print the trends as JSON')
    .addHelpText('after', EXAMPLE)
    .action((file: string, flags: TrendFlags) => {
      const trends = trendsOf(readResults(file));
      if (flags.page !== undefined) writeWhole(flags.page, trendPage(trends));
      process.stdout.write(flags.json ? `${JSON.stringify(trends)}\n` : trendMarkdown(trends));
      process.exitCode = EXIT.held;
    });
}
