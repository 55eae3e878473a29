/** The commands of docs/scale-out.md for shards: GNU parallel, Slurm by a stand-in, a Job of Kubernetes by a schema. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Summary } from '../../harness/campaign/summary.ts';
import { MAIN } from './servers.ts';

const page = readFileSync(new URL('../../docs/scale-out.md', import.meta.url), 'utf8');
/** The block of code below a heading. */
const blockOf = (heading: string) => {
  const [, block] = new RegExp(`### ${heading}\\n[\\s\\S]*?\\n\`\`\`[^\\n]*\\n([\\s\\S]*?)\\n\`\`\``).exec(page)!;
  return block!;
};
const hasParallel = spawnSync('parallel', ['--version']).status === 0;
if (!hasParallel) {
  if (process.env.CI === 'true') throw new Error('GNU parallel is not installed: .ci/run installs it');
  process.stderr.write('SKIPPED: a test of shards, as GNU parallel is not installed.\n');
}

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'splitbrain-shards-'));
  mkdirSync(join(cwd, 'bin'));
  script('npx', `shift; exec "${process.execPath}" "${MAIN}" "$@"`);
  // What Slurm does, one after the other: an array's script with each index, and what waits for it.
  script(
    'sbatch',
    `for word in "$@"; do last=$word; done
     case "$1" in
       --parsable) for i in $(sed -n 's/^#SBATCH --array=0-\\([0-9]*\\).*/\\1/p' "$last" | xargs seq 0); do
         SLURM_ARRAY_TASK_ID=$i bash "$last" >&2; done; echo 7 ;;
       --dependency=afterany:7) bash -c "$last" ;;
       *) exit 9 ;;
     esac`,
  );
  const [, file] = /```yaml norun: the file of the examples\n([\s\S]*?)\n```/.exec(page)!;
  writeFileSync(join(cwd, 'campaign.yaml'), `${file}\n`);
  expect(shell('npx splitbrain campaign campaign.yaml --out whole').status).toBe(0);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function script(name: string, text: string): void {
  writeFileSync(join(cwd, 'bin', name), `#!/bin/bash\n${text}\n`);
  chmodSync(join(cwd, 'bin', name), 0o755);
}

function shell(text: string) {
  const env = { ...process.env, PATH: `${join(cwd, 'bin')}:${process.env.PATH}`, GITHUB_ACTIONS: '' };
  return spawnSync('bash', ['-c', text], { cwd, env, encoding: 'utf8' });
}

/** What was merged is what the whole had been. */
function isWhole(): void {
  const [all, whole] = ['results/all', 'whole'].map(
    (folder) => JSON.parse(readFileSync(join(cwd, folder, 'summary.json'), 'utf8')) as Summary,
  );
  expect(JSON.stringify([all!.cells, all!.figures])).toBe(JSON.stringify([whole!.cells, whole!.figures]));
  for (const folder of ['results', 'shards']) rmSync(join(cwd, folder), { recursive: true });
}

describe('the shards of docs/scale-out.md', () => {
  it.skipIf(!hasParallel)('are made and merged by GNU parallel', () => {
    const { status, stderr, stdout } = shell(blockOf('GNU parallel'));
    expect(status, stdout + stderr).toBe(0);
    isWhole();
  });

  it('are made and merged by Slurm’s commands', () => {
    const { status, stderr, stdout } = shell(blockOf('Slurm'));
    expect(status, stdout + stderr).toBe(0);
    isWhole();
  });

  it('have a Job of Kubernetes as its schema allows it, and as a shard needs it', () => {
    const schema = JSON.parse(readFileSync(new URL('job.schema.json', import.meta.url), 'utf8'));
    const isJob = new Ajv({ allErrors: true, strictTypes: false }).compile(schema);
    const job = parse(blockOf('Kubernetes'));
    expect([isJob(job), isJob.errors]).toEqual([true, null]);
    // What a cluster would refuse, the schema does.
    for (const wrong of [
      { completionMode: 'NonIndexed' },
      { parallelism: '4' },
      { backoffLimitPerIndx: 3 },
      { template: { spec: { ...job.spec.template.spec, restartPolicy: 'OnFailure' } } },
      { podFailurePolicy: { rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In' } }] } },
    ])
      expect(isJob({ ...job, spec: { ...job.spec, ...wrong } }), JSON.stringify(wrong)).toBe(false);
    const { spec } = job;
    expect([spec.completionMode, spec.completions]).toEqual(['Indexed', spec.parallelism]);
    expect(spec.podFailurePolicy.rules[0].onExitCodes).toEqual({ operator: 'In', values: [254] });
    const [{ command, volumeMounts }] = spec.template.spec.containers;
    expect(command[2]).toContain(`/${spec.completions} --no-gate --resume --out ${volumeMounts[0].mountPath}/`);
    expect(spec.template.spec.volumes[0].name).toBe(volumeMounts[0].name);
  });
});
