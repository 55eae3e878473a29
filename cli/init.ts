/** `splitbrain init`: a campaign and a CI file to start from, in the folder where one stands. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { BadInput } from '../harness/failure.ts';
import { unknownName } from '../harness/setting/suggestions.ts';
import { typed } from './called.ts';
import { EXIT, UsageError } from './exit.ts';
import { INSTALLED_FROM } from './published.ts';

/** What a repository starts from: README shows the last of them. */
export const FILES: Readonly<Record<string, string>> = {
  'my-system.mjs': `// A register that a primary copies to all others before it answers. Change it into yours.
export const mine = {
  name: 'my/system',
  datatype: 'register',
  without: ['cas'],
  // What it promises while only these faults happen. Try to add link: a duplicated request is carried out twice.
  claims: [
    {
      model: 'linearizable',
      under: ['partition', 'pause', 'clock'],
      available: 'none',
      durable: 'always',
      converges: false,
      recoversMs: 3000,
    },
  ],
  async start(node) {
    const values = (await node.disk.read('values')) ?? {};
    const primary = [node.id, ...node.peers].sort()[0];
    const store = async ({ key, value }) => {
      values[key] = value;
      await node.disk.write('values', values);
    };
    node.on('store', store);
    node.on('read', ({ key }) => values[key] ?? null);
    node.on('write', write);
    async function write({ key, value }) {
      await Promise.all(node.peers.map((peer) => node.call(peer, 'store', { key, value })));
      await store({ key, value });
    }
    const isPrimary = node.id === primary;
    return {
      state: values,
      api: {
        read: async (_, key) => (isPrimary ? (values[key] ?? null) : node.call(primary, 'read', { key })),
        async write(value, key) {
          await (isPrimary ? write({ key, value }) : node.call(primary, 'write', { key, value }));
          return null;
        },
      },
    };
  },
};
`,
  'campaign.yaml': `# yaml-language-server: $schema=./node_modules/splitbrain/campaign.schema.json
# Every system under every group of faults, with several seeds each. A list in the list is several faults at once.
systems:
  - ./my-system.mjs#mine
workloads: [register]
faults: [none, partition, pause, [partition, clock]]
seeds: 5
cluster: simulation # or processes: real ones, which take as long as they take
time: 3s
rate: 60
keys: 3
timeout: 500ms
`,
  'expectations.json': '[]\n',
  '.github/workflows/splitbrain.yml': `name: splitbrain
on: [push, pull_request]
permissions:
  contents: read
  pull-requests: write
  security-events: write
jobs:
  campaign:
    runs-on: ubuntu-latest
    strategy:
      fail-fast: false
      matrix:
        shard: ['1/2', '2/2']
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 20
      - run: npm ci
      - run: node_modules/.bin/splitbrain campaign campaign.yaml --shard \${{ matrix.shard }} --no-gate --out results/ci
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: splitbrain-\${{ strategy.job-index }}
          path: results/ci
  # A shard sees a part: this job weighs the runs of all, and is the one that fails.
  merge:
    needs: [campaign]
    if: always()
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 20
      - run: npm ci
      - uses: actions/download-artifact@v4
        with:
          pattern: splitbrain-*
          path: shards
      # What the branch had before, so that a pull request is told what it changes.
      - if: github.event_name == 'pull_request'
        uses: actions/cache/restore@v4
        with:
          path: results/before
          key: splitbrain-\${{ github.event.pull_request.base.sha }}
          restore-keys: splitbrain-
      - run: node_modules/.bin/splitbrain merge shards/* --out results/all
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: splitbrain
          path: results/all
      # Refuted claims appear in the changes of a pull request. A private repository may have no code scanning.
      - if: always()
        continue-on-error: true
        uses: github/codeql-action/upload-sarif@v3
        with:
          sarif_file: results/all/results.sarif
      # One comment, which later pushes change. A fork's pull request may not write any.
      - if: always() && github.event_name == 'pull_request'
        continue-on-error: true
        env:
          GH_TOKEN: \${{ github.token }}
          GH_REPO: \${{ github.repository }}
          NUMBER: \${{ github.event.pull_request.number }}
        run: |
          cp results/all/summary.md comment.md
          if [ -e results/before/summary.json ]; then
            node_modules/.bin/splitbrain compare results/before results/all >> comment.md || true
          fi
          head -c 60000 comment.md | gh pr comment "$NUMBER" --edit-last --create-if-none --body-file -
      - if: always() && github.event_name == 'push'
        run: mkdir -p results/before && cp results/all/summary.json results/before/
      - if: always() && github.event_name == 'push'
        uses: actions/cache/save@v4
        with:
          path: results/before
          key: splitbrain-\${{ github.sha }}
`,
};

/** Written where there is none: results of runs are many and large. */
const IGNORED = '.gitignore';

export function initCommand(): Command {
  return new Command('init')
    .description('write a starter system, campaign, expectations and CI file here')
    .addHelpText(
      'after',
      '\nExample:\n  $ splitbrain init && splitbrain campaign campaign.yaml\n\nA file that exists is never overwritten.',
    )
    .option('--database', 'write a starter for a database of your own instead, as docs/databases.md shows it')
    .option('--program <language>', 'write a starter for a program instead: python, javascript or go')
    .action(({ database, program }: { readonly database?: true; readonly program?: string }) => {
      if (database) return initDatabase();
      if (program !== undefined) return initProgram(program);
      const taken = Object.keys(FILES).filter((file) => existsSync(file));
      if (taken.length > 0) throw new BadInput(`nothing was written: ${taken.join(', ')} exists already`);
      const ignored = existsSync(IGNORED) ? {} : { [IGNORED]: 'node_modules/\nresults/\n' };
      for (const [file, text] of Object.entries({ ...FILES, ...ignored })) {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
        process.stdout.write(`${file}\n`);
      }
      process.stdout.write(
        typed(
          '\nNow: splitbrain campaign campaign.yaml\nThe CI file runs npm ci, which takes splitbrain from package.json and its lock file:\n  npm install --save-dev ' +
            `${INSTALLED_FROM}\n`,
        ),
      );
      process.exitCode = EXIT.held;
    });
}

/** The starters of docs/programs.md, and how each is run. */
const PROGRAMS: Readonly<Record<string, { readonly file: string; readonly bin: string; readonly build?: string }>> = {
  python: { file: 'node.py', bin: './node.py' },
  javascript: { file: 'node.mjs', bin: './node.mjs' },
  go: { file: 'node.go', bin: './node', build: 'go build -o node node.go' },
};

/** Writes a program that speaks Maelstrom's protocol. Throws `BadInput` where a file of its name is there. */
function initProgram(language: string): void {
  const starter = Object.hasOwn(PROGRAMS, language) ? PROGRAMS[language] : undefined;
  if (!starter) throw new UsageError(unknownName('language with a starter', language, Object.keys(PROGRAMS)));
  const { file, bin, build } = starter;
  if (existsSync(file)) throw new BadInput(`nothing was written: ${file} exists already`);
  const text = readFileSync(new URL(`../../docs/programs/${file}`, import.meta.url), 'utf8');
  writeFileSync(file, text, { mode: 0o755 });
  const run = `splitbrain run --bin ${bin} --workload lin-kv --faults partition,crash`;
  process.stdout.write(typed(`${file}\n\nNow: ${build === undefined ? '' : `${build} && `}${run}\n`));
  process.exitCode = EXIT.held;
}

/** Writes the module that the page on databases shows. Throws `BadInput` where a file of its name is there. */
function initDatabase(): void {
  const page = readFileSync(new URL('../../docs/databases.md', import.meta.url), 'utf8');
  const [, file = '', text = ''] = /^```js.*\n\/\/ (\S+)\n([\s\S]*?)^```$/m.exec(page) ?? [];
  if (existsSync(file)) throw new BadInput(`nothing was written: ${file} exists already`);
  writeFileSync(file, text);
  process.stdout.write(typed(`${file}\n\nNow: splitbrain run --system ./${file} --faults delay\n`));
  process.exitCode = EXIT.held;
}
