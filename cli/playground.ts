/** `splitbrain playground`: the playground, its tour and its pages in one HTML file. */
import { Command } from 'commander';
import { writeWhole } from '../harness/store/whole-file.ts';
import { playgroundInOneFile } from './playground-page.ts';

const EXAMPLE = `
Example:
  $ splitbrain playground --out playground.html

The file needs no server and no network: open it in a browser, or send it. splitbrain serve shows the same at
/playground/.`;

export function playgroundCommand(): Command {
  return new Command('playground')
    .description('write the playground into one HTML file: designs that are broken in the browser, and a tour of them')
    .requiredOption('--out <file>', 'the file to write; one that is there is replaced')
    .addHelpText('after', EXAMPLE)
    .action(({ out }: { readonly out: string }) => {
      const page = playgroundInOneFile();
      writeWhole(out, page);
      process.stdout.write(
        `${out}: the playground, ${(Buffer.byteLength(page) / 1e6).toFixed(1)} MB, to be opened in a browser\n`,
      );
    });
}
