/** `splitbrain report`: draws the report of a stored run again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { readRun } from '../harness/store.ts';
import { report } from '../report/report.ts';
import { EXIT } from './exit.ts';

const EXAMPLE = `
Example:
  $ splitbrain report results/latest

Writes report.html into the folder, over the one that is there.`;

export function reportCommand(): Command {
  return new Command('report')
    .description('draw the report of a stored run again')
    .argument('<run>', "a run's folder")
    .addHelpText('after', EXAMPLE)
    .action((folder: string) => {
      const file = join(folder, 'report.html');
      writeFileSync(file, report(readRun(folder)));
      process.stdout.write(`${file}\n`);
      process.exitCode = EXIT.held;
    });
}
