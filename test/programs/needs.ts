/** Programs that tests need of the machine: what is missing is said, and is a failure on a build server. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';

/** Whether PATH has it. */
function has(command: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Runs the tests where the machine has these; `.ci/run` installs them, so that there they must be. */
export function describeWith(commands: readonly string[], title: string, tests: () => void): void {
  const missing = commands.filter((command) => !has(command));
  if (missing.length === 0 || process.env.CI === 'true') describe(title, tests);
  else {
    process.stderr.write(`SKIPPED: ${title}: this machine has no ${missing.join(', no ')}\n`);
    describe.skip(`${title} (no ${missing.join(', no ')})`, tests);
  }
}

/** The path of a program of these tests. */
export function nodeAt(name: string): string {
  return fileURLToPath(new URL(`nodes/${name}`, import.meta.url));
}
