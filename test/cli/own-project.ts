/**
 * A project of a user's own: a temporary folder in which `splitbrain` and
 * `elle-ts` are installed, with the modules that docs/your-own.md shows.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'bin.mjs');

/** The modules that the pages show, each by the name in its first line. */
const shown: Readonly<Record<string, string>> = Object.fromEntries(
  ['docs/your-own.md', 'docs/databases.md'].flatMap((page) =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```[jt]s.*\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].map(
      ([, name, text]) => [name!, text!],
    ),
  ),
);

export interface Project {
  readonly folder: string;
  write(file: string, text: string): void;
  splitbrain(args: readonly string[], folder?: string): ReturnType<typeof run>;
  remove(): void;
}

/** Makes a project with these files beside the modules of the page; `all` are its files where these are not wanted. */
export function project(files: Readonly<Record<string, string>> = {}, all = { ...shown, ...files }): Project {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-user-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/splitbrain'));
  symlinkSync(join(ROOT, 'checkers'), join(folder, 'node_modules/elle-ts'));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  for (const [file, text] of Object.entries(all)) write(file, text);
  return {
    folder,
    write,
    splitbrain: (args, from = '.') => run(args, join(folder, from)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function run(args: readonly string[], cwd: string) {
  const env = { ...process.env, GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '' };
  return spawnSync(process.execPath, [MAIN, ...args], { cwd, encoding: 'utf8', env });
}
