import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../harness/judging/result.ts';
import { report } from '../report/report.ts';
import { typed } from './called.ts';

/** Writes a run's report.html into its folder. A report that cannot be drawn changes no verdict. */
export function writeReport({ logs, ...run }: Run, folder: string, command: string): void {
  const texts = Object.fromEntries([...logs].map(([node, lines]) => [node, lines.join('\n')]));
  try {
    writeFileSync(join(folder, 'report.html'), report({ ...run, logs: texts, command: typed(command) }));
  } catch (error) {
    process.stderr.write(`note: there is no report.html in ${folder}: ${(error as Error).message}\n`);
  }
}
