import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Told } from '../harness/campaign/stories.ts';
import type { Run } from '../harness/judging/result.ts';
import { writeWhole } from '../harness/store/whole-file.ts';
import { relinked } from '../report/fill.ts';
import type { PageLink } from '../report/page/data.ts';
import { report } from '../report/report.ts';
import { typed } from './called.ts';

const REPORT = 'report.html';
/** The report of what a run was shrunk to, beside its own. */
const SMALLEST = 'smallest.html';

/** Writes a run's report.html into its folder. A report that cannot be drawn changes no verdict. */
export function writeReport(run: Run, folder: string, command: string): void {
  write(run, folder, { name: REPORT, command, links: [] });
}

/** The same of a campaign's run, whose folder lies in the campaign's. */
export function writeReportInCampaign(run: Run, folder: string, command: string): void {
  write(run, folder, { name: REPORT, command, links: [{ href: '../index.html', name: 'campaign' }] });
}

interface Written {
  readonly name: string;
  readonly command: string;
  readonly links: readonly PageLink[];
}

function write({ logs, ...run }: Run, folder: string, { name, command, links }: Written): void {
  const texts = Object.fromEntries([...logs].map(([node, lines]) => [node, lines.join('\n')]));
  try {
    writeFileSync(join(folder, name), report({ ...run, logs: texts, command: typed(command), links }));
  } catch (error) {
    process.stderr.write(`note: there is no ${name} in ${folder}: ${(error as Error).message}\n`);
  }
}

/**
 * What broke a build, linked: each report with its campaign, the failures before and after it, and the report of the
 * smallest run that shows the same, which is written here.
 */
export function linkFailures(told: readonly Told[], campaign: string): void {
  const failed = told.filter(({ run }) => run.verdict !== 'error' && run.folder !== '');
  for (const [at, { run, smallest }] of failed.entries()) {
    const folder = join(campaign, run.folder);
    const to = (place: number, name: string): readonly PageLink[] => {
      const other = failed[place];
      return other ? [{ href: webPath(folder, join(campaign, other.run.folder, REPORT)), name }] : [];
    };
    const index = { href: webPath(folder, join(campaign, 'index.html')), name: 'campaign' };
    const small = smallest
      ? [
          { href: SMALLEST, name: 'smallest run that shows it' },
          { href: 'counterexample.json', name: 'counterexample.json' },
        ]
      : [];
    relink(join(folder, REPORT), [index, ...to(at - 1, 'previous failure'), ...to(at + 1, 'next failure'), ...small]);
    if (!smallest) continue;
    const links = [index, { href: REPORT, name: 'the run as it was found' }, ...small.slice(1)];
    write(smallest.run, folder, { name: SMALLEST, command: smallest.command, links });
  }
}

/** A report that is not there, or came from another version, has the links that it has. */
function relink(file: string, links: readonly PageLink[]): void {
  try {
    writeWhole(file, relinked(readFileSync(file, 'utf8'), links));
  } catch {}
}

function webPath(from: string, to: string): string {
  return relative(from, to).split(sep).map(encodeURIComponent).join('/');
}
