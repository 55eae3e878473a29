/** What README shows for a build, run as a build would: on a repository that holds a system of one's own and a campaign, and nothing else. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FILES } from '../../cli/init.ts';
import type { Summary } from '../../harness/campaign/summary.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const WORKFLOW = '.github/workflows/splitbrain.yml';

interface Workflow {
  readonly jobs: {
    readonly campaign: {
      readonly strategy: { readonly matrix: { readonly shard: readonly string[] } };
      readonly steps: readonly {
        readonly run?: string;
        readonly uses?: string;
        readonly with?: { readonly path?: string };
      }[];
    };
  };
}

let folder: string;
let repository: string;
/** npm takes nothing from a network: the package is the packed one, beside the repository. */
const env = {
  ...process.env,
  npm_config_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  GITHUB_ACTIONS: 'true',
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'splitbrain-ci-'));
  repository = join(folder, 'repository');
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, root], { cwd: folder, env, stdio: 'ignore' });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const installed = join(folder, 'splitbrain');
  mkdirSync(installed);
  execFileSync('tar', ['xzf', `splitbrain-${version}.tgz`, '-C', installed, '--strip-components=1'], { cwd: folder });
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'));
  mkdirSync(repository);
  const main = join(installed, 'dist/cli/main.js');
  execFileSync(process.execPath, [main, 'init'], { cwd: repository, env });
  writeFileSync(
    join(repository, 'package.json'),
    JSON.stringify({ name: 'mine', private: true, devDependencies: { splitbrain: 'file:../splitbrain' } }),
  );
  execFileSync('npm', ['install', '--package-lock-only'], { cwd: repository, env, stdio: 'ignore' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A fresh checkout, as each job has one. */
function checkout(name: string): string {
  const place = join(folder, name);
  cpSync(repository, place, { recursive: true });
  return place;
}

function shell(script: string, cwd: string, more: NodeJS.ProcessEnv = {}) {
  return spawnSync('bash', ['-eo', 'pipefail', '-c', script], { cwd, encoding: 'utf8', env: { ...env, ...more } });
}

/** Runs the workflow's own steps for one shard, and stops where a step fails, as GitHub does. */
function job(shard: string, cwd: string, step: string) {
  const { steps } = (parse(FILES[WORKFLOW]!) as Workflow).jobs.campaign;
  let last = { status: 0 as number | null, stdout: '', stderr: '' };
  for (const { run } of steps) {
    if (run === undefined || last.status !== 0) continue;
    last = shell(run.replaceAll(/\$\{\{ matrix\.shard \}\}/g, shard), cwd, { GITHUB_STEP_SUMMARY: step });
  }
  return last;
}

describe('the workflow in README', () => {
  const workflow = parse(FILES[WORKFLOW]!) as Workflow;

  it('is the one that `splitbrain init` writes', () => {
    const shown = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))![1]!;
    expect(shown.trimEnd()).toBe(FILES[WORKFLOW]!.trimEnd());
  });

  it('runs every run of the campaign once over its shards, and leaves what it uploads', () => {
    const runs: string[] = [];
    const { shard: shards } = workflow.jobs.campaign.strategy.matrix;
    expect(shards).toHaveLength(2);
    shards.forEach((shard, i) => {
      const place = checkout(`shard ${i}`);
      const step = join(place, 'step.md');
      const { status, stdout, stderr } = job(shard, place, step);
      expect(status, stdout + stderr).toBe(0);
      const path = workflow.jobs.campaign.steps.find(({ uses }) => uses?.includes('upload-artifact'))!.with!.path!;
      for (const file of ['index.html', 'junit.xml', 'results.sarif', 'summary.md'])
        expect(existsSync(join(place, path, file)), file).toBe(true);
      expect(readFileSync(step, 'utf8')).toMatch(/nothing unexpected/);
      runs.push(
        ...(JSON.parse(readFileSync(join(place, path, 'summary.json'), 'utf8')) as Summary).runs.map(({ id }) => id),
      );
    });
    expect(new Set(runs).size).toBe(runs.length);
    const campaign = parse(FILES['campaign.yaml']!) as { faults: unknown[]; seeds: number };
    expect(runs).toHaveLength(campaign.faults.length * campaign.seeds);
  });

  it('fails once the system breaks its claim, and says so where GitHub looks; a known anomaly lets it pass', () => {
    const place = checkout('broken');
    const file = join(place, 'my-system.mjs');
    // It now answers before its replicas have the value, and reads from whoever is asked.
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(
        "isPrimary ? (values[key] ?? null) : node.call(primary, 'read', { key })",
        'values[key] ?? null',
      ),
    );
    const { status, stderr, stdout } = job('1/2', place, join(place, 'step.md'));
    expect(status, stdout + stderr).toBe(1);
    expect(stderr).toMatch(/^::error file=my-system.mjs,line=1,/m);
    const broken = (JSON.parse(readFileSync(join(place, 'results/ci/summary.json'), 'utf8')) as Summary).runs.flatMap(
      ({ anomalies }) => anomalies,
    );
    writeFileSync(
      join(place, 'expectations.json'),
      JSON.stringify([
        { system: './my-system.mjs#mine', anomalies: [...new Set(broken)], reason: 'replicas answer reads for now' },
      ]),
    );
    rmSync(join(place, 'results'), { recursive: true });
    expect(job('1/2', place, join(place, 'again.md')).status).toBe(0);
  });
});

it('action.yml does the same', () => {
  const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>;
    runs: { steps: [{ run: string; env: Record<string, string> }] };
  };
  const [{ run, env: wanted }] = action.runs.steps;
  const inputs = Object.entries(wanted).map(([name, from]) => {
    const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(from)![1]!;
    expect(action.inputs[input], input).toBeDefined();
    return [name, action.inputs[input]!.default ?? ''];
  });
  const place = checkout('action');
  execFileSync('npm', ['ci'], { cwd: place, env, stdio: 'ignore' });
  const { status, stdout, stderr } = shell(run, place, { ...Object.fromEntries(inputs), SEEDS: '1', MAX_TIME: '10m' });
  expect([0, 2], stdout + stderr).toContain(status);
  expect(existsSync(join(place, 'results/ci/summary.md'))).toBe(true);
});
