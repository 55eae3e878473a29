/**
 * What docs/guides/in-ci.md shows for a build, run as a build would: on a repository
 * that holds a system of one's own and a campaign, and nothing else.
 */
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

interface Job {
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly steps: readonly {
    readonly if?: string;
    readonly 'continue-on-error'?: boolean;
    readonly env?: Readonly<Record<string, string>>;
    readonly run?: string;
    readonly uses?: string;
    readonly with?: { readonly path?: string; readonly name?: string; readonly pattern?: string };
  }[];
}

interface Workflow {
  readonly jobs: {
    readonly campaign: Job & { readonly strategy: { readonly matrix: { readonly shard: readonly string[] } } };
    readonly merge: Job;
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
  // Its dependencies are those of this checkout, elle-ts among them.
  rmSync(join(installed, 'node_modules'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'));
  // npm looks for what is bundled in an archive, which a folder is not (--package-lock-only).
  const packed = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as object;
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ ...packed, bundleDependencies: [] }));
  mkdirSync(repository);
  const main = join(installed, 'bin.mjs');
  execFileSync(process.execPath, [main, 'init'], { cwd: repository, env });
  writeFileSync(
    join(repository, 'package.json'),
    JSON.stringify({ name: 'mine', private: true, devDependencies: { splitbrain: 'file:../splitbrain' } }),
  );
  execFileSync('npm', ['install', '--package-lock-only'], { cwd: repository, env, stdio: 'ignore' });
  execFileSync('npm', ['ci'], { cwd: repository, env, stdio: 'ignore' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A fresh checkout, as each job has one, in which `npm ci` was run. */
function checkout(name: string): string {
  const place = join(folder, name);
  cpSync(repository, place, { recursive: true, verbatimSymlinks: true });
  return place;
}

function shell(script: string, cwd: string, more: NodeJS.ProcessEnv = {}) {
  return spawnSync('bash', ['-eo', 'pipefail', '-c', script], { cwd, encoding: 'utf8', env: { ...env, ...more } });
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The folder that it uploads, if it came so far. */
  readonly uploaded: string;
}

/**
 * Runs a job's own steps in a checkout as GitHub does for this event: where a step fails, those alone follow that run
 * `always()`. Uploads always run.
 */
function job({ steps }: Job, cwd: string, more: NodeJS.ProcessEnv, shard = ''): Ended {
  let last = { status: 0 as number | null, stdout: '', stderr: '' };
  for (const { run, if: when = '', env: wanted = {}, 'continue-on-error': mayFail = false } of steps) {
    const isOf = !when.includes('event_name') || when.includes(`'${more.EVENT ?? 'push'}'`);
    if (run === undefined || run === 'npm ci' || !isOf) continue;
    if (last.status !== 0 && !when.includes('always()')) continue;
    const named = Object.keys(wanted).map((name) => [name, `the ${name}`]);
    const ended = shell(run.replaceAll(/\$\{\{ matrix\.shard \}\}/g, shard), cwd, {
      ...more,
      ...Object.fromEntries(named),
    });
    if (!mayFail && last.status === 0) last = ended;
  }
  const path = steps.find(({ uses }) => uses?.includes('upload-artifact'))!.with!.path!;
  return { ...last, uploaded: join(cwd, path) };
}

const workflow = parse(FILES[WORKFLOW]!) as Workflow;

/** The whole workflow with so many shards: what each ended with, and what the merge did with what they uploaded. */
function pipeline(name: string, shards: readonly string[], change: (place: string) => void = () => {}) {
  const prepared = (part: string) => {
    const place = checkout(`${name} ${part}`);
    change(place);
    return place;
  };
  const parts = shards.map((shard, i) => {
    const place = prepared(`shard ${i}`);
    return job(workflow.jobs.campaign, place, { GITHUB_STEP_SUMMARY: join(place, 'step.md') }, shard);
  });
  const { with: download } = workflow.jobs.merge.steps.find(({ uses }) => uses?.includes('download-artifact'))!;
  const place = prepared('merge');
  parts.forEach(({ uploaded }, i) => {
    if (existsSync(uploaded)) cpSync(uploaded, join(place, download!.path!, `splitbrain-${i}`), { recursive: true });
  });
  const merged = job(workflow.jobs.merge, place, { GITHUB_STEP_SUMMARY: join(place, 'step.md') });
  return { parts, merged, place };
}

/** GitHub's own command line, as far as it is asked: a comment becomes this file, and its arguments one beside it. */
function commentingIn(file: string): NodeJS.ProcessEnv {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const gh = `#!/bin/sh\necho "$@" > "$COMMENTED.args"\ncat > "$COMMENTED"\n`;
  writeFileSync(join(bin, 'gh'), gh, { mode: 0o755 });
  return { COMMENTED: file, PATH: `${bin}:${process.env.PATH}` };
}

const summaryIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary;

describe('the workflow that docs/guides/in-ci.md shows', () => {
  it('has one gate, which looks at what the shards left whatever became of them', () => {
    const { campaign, merge } = workflow.jobs;
    expect([merge.needs, merge.if]).toEqual([['campaign'], 'always()']);
    const [run] = campaign.steps.flatMap((step) => (step.run?.includes('campaign') ? [step.run] : []));
    expect(run).toContain('--no-gate');
    const upload = campaign.steps.find(({ uses }) => uses?.includes('upload-artifact'))!.with!.name!;
    const { pattern } = merge.steps.find(({ uses }) => uses?.includes('download-artifact'))!.with!;
    expect(upload.startsWith(pattern!.replace('*', ''))).toBe(true);
  });

  it.each([
    ['its own shards', workflow.jobs.campaign.strategy.matrix.shard],
    ['one shard', ['1/1']],
    ['more shards than cells, of which some split one', ['1/5', '2/5', '3/5', '4/5', '5/5']],
  ])('makes every run of the campaign once, with %s, and leaves what it uploads', (name, shards) => {
    const { parts, merged, place } = pipeline(name, shards);
    for (const { status, stdout, stderr } of parts) expect(status, stdout + stderr).toBe(0);
    expect(merged.status, merged.stdout + merged.stderr).toBe(0);
    for (const file of ['index.html', 'junit.xml', 'results.sarif', 'summary.md', 'summary.json'])
      for (const folder of [merged.uploaded, ...parts.map(({ uploaded }) => uploaded)])
        expect(existsSync(join(folder, file)), file).toBe(true);
    expect(readFileSync(join(place, 'step.md'), 'utf8')).toMatch(/nothing unexpected/);
    const ids = parts.flatMap(({ uploaded }) => summaryIn(uploaded).runs.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    const { faults, seeds } = parse(FILES['campaign.yaml']!) as { faults: unknown[]; seeds: number };
    expect(ids).toHaveLength(faults.length * seeds);
    expect(
      summaryIn(merged.uploaded)
        .runs.map(({ id }) => id)
        .sort(),
    ).toEqual(ids.sort());
  });

  it('fails once the system breaks its claim, and says so where GitHub looks; a known anomaly lets it pass', () => {
    // It now answers before its replicas have the value, and reads from whoever is asked.
    const broken = (place: string) => {
      const file = join(place, 'my-system.mjs');
      const repaired = "isPrimary ? (values[key] ?? null) : node.call(primary, 'read', { key })";
      writeFileSync(file, readFileSync(file, 'utf8').replace(repaired, 'values[key] ?? null'));
    };
    const { parts, merged } = pipeline('broken', ['1/2', '2/2'], broken);
    expect(parts.map(({ status }) => status)).toEqual([0, 0]);
    expect(merged.status, merged.stdout + merged.stderr).toBe(1);
    expect(merged.stderr).toMatch(/^::error file=my-system.mjs,line=1,/m);
    const anomalies = [...new Set(summaryIn(merged.uploaded).runs.flatMap((run) => run.anomalies))];
    const known = pipeline('known', ['1/1'], (place) => {
      broken(place);
      const expected = [{ system: './my-system.mjs#mine', anomalies, reason: 'replicas answer reads for now' }];
      writeFileSync(join(place, 'expectations.json'), JSON.stringify(expected));
    });
    expect(known.merged.status, known.merged.stdout + known.merged.stderr).toBe(0);
  });

  it('tells a pull request what it changes, beside what the branch had before', () => {
    const { merged, place } = pipeline('before', ['1/1']);
    expect(merged.status, merged.stdout + merged.stderr).toBe(0);
    // The cache is what a push of the branch has left.
    const request = checkout('request');
    cpSync(join(place, 'results'), join(request, 'results'), { recursive: true });
    rmSync(join(request, 'results/all'), { recursive: true });
    cpSync(join(place, 'shards'), join(request, 'shards'), { recursive: true });
    const commented = join(folder, 'comment');
    const ended = job(workflow.jobs.merge, request, {
      ...{ EVENT: 'pull_request', ...commentingIn(commented) },
      GITHUB_STEP_SUMMARY: join(request, 'step.md'),
    });
    expect(ended.status, ended.stdout + ended.stderr).toBe(0);
    expect(readFileSync(`${commented}.args`, 'utf8')).toMatch(/^pr comment the NUMBER --edit-last --create-if-none /);
    const comment = readFileSync(commented, 'utf8');
    expect(comment).toMatch(/nothing unexpected[\s\S]*## From results\/before to results\/all[\s\S]*Nothing changed\./);
  });

  it('fails where a shard is lost on the way', () => {
    const { merged } = pipeline('lost', ['1/2']);
    expect(merged.status, merged.stdout + merged.stderr).toBe(255);
    expect(merged.stdout).toContain('shard 2 of 2 is not among them');
  });
});

it('action.yml does the same', () => {
  const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>;
    runs: { steps: [{ run: string; env: Record<string, string> }, { run: string; if: string }] };
  };
  const [{ run, env: wanted }, comment] = action.runs.steps;
  const inputs = Object.entries(wanted).map(([name, from]) => {
    const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(from)![1]!;
    expect(action.inputs[input], input).toBeDefined();
    return [name, action.inputs[input]!.default ?? ''];
  });
  for (const [, input] of JSON.stringify(comment).matchAll(/inputs\.([\w-]+)/g))
    expect(action.inputs[input!], input).toBeDefined();
  const place = checkout('action');
  const acted = (more: NodeJS.ProcessEnv) => shell(run, place, { ...Object.fromEntries(inputs), SEEDS: '1', ...more });
  const { status, stdout, stderr } = acted({ MAX_TIME: '10m' });
  expect([0, 2], stdout + stderr).toContain(status);
  expect(existsSync(join(place, 'results/ci/summary.md'))).toBe(true);
  for (const shard of ['1/2', '2/2']) {
    const part = acted({ SHARD: shard, OUT: `shards/${shard[0]}` });
    expect(part.status, part.stdout + part.stderr).toBe(0);
  }
  // What one job found in one place, the other finds in two.
  const merged = acted({ MERGE: 'shards/*', OUT: 'results/all' });
  expect(merged.status, merged.stdout + merged.stderr).toBe(status);
  const said = join(folder, 'the comment of the action');
  const of = { OUT: 'results/all', BEFORE: 'results/ci', NUMBER: '7', ...commentingIn(said) };
  expect(shell(comment.run, place, of)).toMatchObject({ status: 0 });
  expect(readFileSync(`${said}.args`, 'utf8')).toMatch(/^pr comment 7 --edit-last --create-if-none /);
  expect(readFileSync(said, 'utf8')).toMatch(/[\s\S]*## From results\/ci to results\/all[\s\S]*Nothing changed\./);
});
