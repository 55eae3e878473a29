/**
 * How many small runs a minute exploration makes on one thread and on two: quorum/abd, the uniform strategy
 * (3 nodes, 30 operations, some three faults), checking included. `node dist/bench/threads.js [SECONDS]`
 */
import { cpus } from 'node:os';
import { search } from '../harness/explore/search.ts';

const forMs = Number(process.argv[2] ?? '15') * 1000;

async function runsAMinute(threads: number): Promise<number> {
  const subjects = [{ system: 'quorum/abd', workload: 'register' }];
  const what = { subjects, seed: 1, strategy: 'uniform', stopAtFirst: false, verify: false, threads };
  await search({ ...what, forMs: 3000 });
  const { runs, seconds, findings } = await search({ ...what, forMs });
  if (findings.length > 0) throw new Error('quorum/abd was accused');
  return (runs / seconds) * 60;
}

const one = await runsAMinute(1);
const two = await runsAMinute(2);
console.log(
  `${Math.round(one)} runs a minute on one thread, ${Math.round(two)} on two: ${(two / one).toFixed(2)} times as many ` +
    `(${cpus().length} cores, ${process.version}, ${process.arch})`,
);
