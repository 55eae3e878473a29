/**
 * The tests that `npm run test:fast` leaves out: those that start processes, servers or browsers, those that read the
 * histories of other tools, which lie beside the repository, and those that take more than about three seconds of
 * processor time. The first two are known by what they and their helpers import; the last are listed here, and share
 * what they import.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** They start real nodes or threads by way of the harness, or measure the memory of their process. */
const BY_THE_HARNESS = [
  'test/databases/conform/exits.test.ts',
  'test/harness/clusters/children/starvation.test.ts',
  'test/harness/clusters/processes/faults.test.ts',
  'test/harness/explore/leak.test.ts',
  'test/harness/explore/search.test.ts',
  'test/harness/node/thrown.test.ts',
];

/**
 * They start the command line hundreds of times: builds and their shards, hostile files, modules of users. `npm test`,
 * which takes at most ten minutes, leaves them to `npm run test:commands`.
 */
export const COMMANDS: readonly string[] = [
  'test/cli/check.test.ts',
  'test/cli/check-input.test.ts',
  'test/cli/compare.test.ts',
  'test/cli/completion.test.ts',
  'test/cli/ci.test.ts',
  'test/cli/first-minute.test.ts',
  'test/cli/merge.test.ts',
  'test/cli/own-datatype.test.ts',
  'test/cli/own-campaign.test.ts',
  'test/cli/own-faults.test.ts',
  'test/cli/own-module.test.ts',
  'test/cli/own-typescript.test.ts',
  'test/cli/own-workload.test.ts',
  'test/cli/pages.test.ts',
  'test/cli/release.test.ts',
  'test/harness/campaign/folder.test.ts',
  'test/harness/campaign/merge.test.ts',
];

/** They make thousands of histories or runs, and start nothing. */
const COMPUTE = [
  'test/checkers/alone.test.ts',
  'test/checkers/anomalies.test.ts',
  'test/checkers/datatypes/conform.test.ts',
  'test/checkers/datatypes/updates.test.ts',
  'test/checkers/durability/durability.test.ts',
  'test/checkers/durability/transactions.test.ts',
  'test/checkers/formats/cut.test.ts',
  'test/checkers/formats/every-format.test.ts',
  'test/checkers/formats/exactness.test.ts',
  'test/checkers/formats/formats.test.ts',
  'test/checkers/growing.test.ts',
  'test/checkers/initial-values.test.ts',
  'test/checkers/interleaving/sequential.test.ts',
  'test/checkers/lattice-of-verdicts.test.ts',
  'test/checkers/linearizable/engines.test.ts',
  'test/checkers/linearizable/exhaustive.test.ts',
  'test/checkers/linearizable/metamorphic.test.ts',
  'test/checkers/linearizable/registers.test.ts',
  'test/checkers/linearizable/regressions.test.ts',
  'test/checkers/linearizable/search.test.ts',
  'test/checkers/monitors/exhaustive.test.ts',
  'test/checkers/monitors/set.test.ts',
  'test/checkers/monitors/shown-before.test.ts',
  'test/checkers/monitors/standing-alone.test.ts',
  'test/checkers/monitors/untimed.test.ts',
  'test/checkers/no-real-time.test.ts',
  'test/checkers/refusals.test.ts',
  'test/checkers/replicated/final-reads.test.ts',
  'test/checkers/replicated/replicated.test.ts',
  'test/checkers/replicated/standing-alone.test.ts',
  'test/checkers/sentences.test.ts',
  'test/checkers/sessions/cycles.test.ts',
  'test/checkers/sessions/models.test.ts',
  'test/checkers/sessions/properties.test.ts',
  'test/checkers/sessions/timeless.test.ts',
  'test/checkers/stand-alone.test.ts',
  'test/checkers/transactions/blind-writes.test.ts',
  'test/checkers/transactions/counterexamples.test.ts',
  'test/checkers/transactions/exhaustive.test.ts',
  'test/checkers/transactions/exclusion.test.ts',
  'test/checkers/transactions/list-append.test.ts',
  'test/checkers/transactions/registers.test.ts',
  'test/checkers/transactions/regressions.test.ts',
  'test/checkers/transactions/version-order.test.ts',
  'test/checkers/transactions/predicates.test.ts',
  'test/cli/models-table.test.ts',
  'test/fuzz/junk.test.ts',
  'test/fuzz/subject.test.ts',
  'test/harness/campaign/campaign.test.ts',
  'test/harness/campaign/formats.test.ts',
  'test/harness/campaign/shortfall.test.ts',
  'test/harness/compare/compare.test.ts',
  'test/harness/explore/explore.test.ts',
  'test/harness/explore/shrink.test.ts',
  'test/harness/explore/strategies.test.ts',
  'test/harness/faults/credit.test.ts',
  'test/harness/faults/fate.test.ts',
  'test/harness/faults/injectors.test.ts',
  'test/harness/faults/schedule.test.ts',
  'test/harness/judging/beyond.test.ts',
  'test/harness/judging/check-agrees.test.ts',
  'test/harness/judging/evidence.test.ts',
  'test/harness/judging/responses.test.ts',
  'test/systems/blocks/atomic-commit.test.ts',
  'test/systems/chain.test.ts',
  'test/systems/chapters/chapters.test.ts',
  'test/systems/conformance.test.ts',
  'test/systems/mvcc/crash-at-commit.test.ts',
  'test/systems/replicated-log.test.ts',
  'test/systems/weakness.test.ts',
  'test/workloads/text.test.ts',
];

const STARTS = /'(node:child_process|execa|playwright-core|node:http)'/;
const READS_CORPUS = /shared\/corpus\//;
/** It asks git for the names of files, which takes no time. */
const SPARED = ['test/architecture/sources.ts', 'test/slow.ts'];

/** The file and all files of test/ that it imports. */
function reachedFrom(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file) || !existsSync(join(root, file))) return seen;
  seen.add(file);
  for (const [, path] of readFileSync(join(root, file), 'utf8').matchAll(/\bfrom '(\.[^']+)'/g)) {
    const next = normalize(join(dirname(file), path as string)).replaceAll('\\', '/');
    if (next.startsWith('test/')) reachedFrom(next, seen);
  }
  return seen;
}

function startsOrReads(file: string): boolean {
  if (SPARED.includes(file)) return false;
  const text = readFileSync(join(root, file), 'utf8');
  return STARTS.test(text) || READS_CORPUS.test(text);
}

/** All files of tests, by their paths from the root. */
export const TESTS: readonly string[] = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.test.ts'))
  .sort();

/** Those that are listed by hand. */
export const LISTED: readonly string[] = [...BY_THE_HARNESS, ...COMPUTE];

/** They start real databases, which `npm run test:databases` does, one after the other. */
const DATABASES: readonly string[] = TESTS.filter(
  (test) => /^test\/(databases|isolation)\/real\//.test(test) || test === 'test/databases/conform/conform.test.ts',
);

/** They start programs in several languages: `npm run test:programs`. */
const PROGRAMS: readonly string[] = TESTS.filter((test) => test.startsWith('test/programs/'));

/** Every sound design as processes, several at once: after the programs, with nothing beside it. */
const PROCESSES: readonly string[] = ['test/systems/processes.test.ts'];

/** What kills commands, feeds them junk and takes their disks away: `npm run test:torture`, which CI runs, too. */
const TORTURE: readonly string[] = TESTS.filter((test) => test.startsWith('test/torture/'));

/** They open the documentation's site, which has to be built: `npm run docs`. */
const SITE: readonly string[] = TESTS.filter((test) => test.startsWith('test/site/'));

/** They run what is packed with other versions of Node.js: `npm run test:nodes`. */
const NODES: readonly string[] = TESTS.filter((test) => test.startsWith('test/nodes/'));

/** They kill workers, servers and coordinators of a queue, which `npm run test:scale` does. */
const SCALE: readonly string[] = TESTS.filter((test) => test.startsWith('test/scale/'));

/** They use pages in a browser, or run the simulator in one beside Node.js: `npm run test:playground`; CI does, too. */
const PLAYGROUND: readonly string[] = TESTS.filter(
  (test) => test.startsWith('test/playground/') || /^test\/report\/(page|comparison)\.test\.ts$/.test(test),
);

/** The suites beside `npm test`, by the names of their projects in vitest.config.ts. */
export const SUITES: Readonly<Record<string, readonly string[]>> = {
  commands: COMMANDS,
  torture: TORTURE,
  playground: PLAYGROUND,
  docs: SITE,
  nodes: NODES,
  scale: SCALE,
  programs: PROGRAMS,
  processes: PROCESSES,
  databases: DATABASES,
};

export const ELSEWHERE: readonly string[] = Object.values(SUITES).flat();

export const SLOW: readonly string[] = TESTS.filter(
  (test) => !ELSEWHERE.includes(test) && (BY_THE_HARNESS.includes(test) || [...reachedFrom(test)].some(startsOrReads)),
);

export const LONG: readonly string[] = COMPUTE.filter((test) => !SLOW.includes(test));
