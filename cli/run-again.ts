/** `splitbrain run --again FOLDER --times 5`: how often the same calls and faults show an anomaly in real time. */
import { BadInput } from '../harness/failure.ts';
import type { Run } from '../harness/judging/result.ts';
import type { Prepared } from '../harness/setting/prepared.ts';
import { prepare } from '../harness/setting/setting.ts';
import { readRun } from '../harness/store/store.ts';
import { EXIT, UsageError } from './exit.ts';

interface AgainFlags {
  readonly times?: number;
  readonly program?: Readonly<Record<string, string>>;
  readonly system?: string;
  readonly out?: string;
}

/** Makes the stored run so many times with `make`, tells how often what came of it, and returns the exit code. */
export async function runAgain(
  folder: string,
  { times = 1, program, system, out }: AgainFlags,
  make: (prepared: Prepared) => Promise<{ readonly run: Run; readonly code: number }>,
): Promise<number> {
  if (system !== undefined) throw new UsageError('--again has its system from the folder: leave --system out');
  if (times < 1) throw new BadInput('--times is a whole number from 1 on');
  if (out !== undefined && times > 1) throw new UsageError('--out names one folder: leave it out with --times');
  const { setting, plan } = await readRun(folder);
  const programs = program === undefined ? {} : { programs: { ...setting.programs, ...program } };
  const found = new Map<string, number>();
  const codes: number[] = [];
  for (let i = 0; i < times; i++) {
    // Prepared anew each time: a module of the user's own may keep something.
    const { run, code } = await make(await prepare({ ...setting, ...programs, plan }));
    codes.push(code);
    const names = run.result.claims.flatMap(({ verdict }) =>
      verdict.type === 'invalid' ? verdict.anomalies.map(({ name }) => name) : [],
    );
    for (const name of new Set(names)) found.set(name, (found.get(name) ?? 0) + 1);
  }
  const refuted = codes.filter((code) => code === EXIT.refuted).length;
  const each = [...found].map(([name, count]) => `${name} in ${count}`).join(', ');
  const says = `${refuted} of ${times} ${times === 1 ? 'run was' : 'runs were'} refuted${each ? `: ${each}` : ''}`;
  process.stderr.write(`${says}. The calls and faults were the same each time; what happened in between was not.\n`);
  return [EXIT.failed, EXIT.refuted, EXIT.unknown].find((code) => codes.includes(code)) ?? EXIT.held;
}
