/** From the words that name a program to the system that it is, and to the file that is started. */
import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { Program } from '../../systems/system.ts';
import { defaultClaim, dialectNamed } from '../clusters/programs/dialects.ts';
import { BadInput } from '../failure.ts';
import { type ProgramSource, programName } from './program-text.ts';

/** The program as a system, held to its dialect's model. Throws `BadInput` where there is no such dialect. */
export function programFrom(source: ProgramSource): Program {
  const { datatype } = dialectNamed(source.dialect);
  return { name: programName(source), datatype, claims: [defaultClaim(source.dialect)], ...source };
}

/** Where an executable lies, and how it begins. */
export interface Executable {
  readonly path: string;
  readonly head: Buffer;
}

/** Finds a command as a shell would, but needs no shell. Throws `BadInput` that says why it cannot be started. */
export function executableOf(command: string): Executable {
  const path = located(command);
  const wrong = (what: string) => new BadInput(`${command} cannot be started: ${what}`);
  let size: number;
  try {
    const found = statSync(path);
    if (found.isDirectory()) throw wrong('it is a folder');
    size = found.size;
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw wrong('no such file');
  }
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw wrong(`it is not executable: chmod +x ${command}`);
  }
  const head = headOf(path, Math.min(size, 4096));
  if (isScript(head) || isBinary(head)) return { path: isScript(head) ? realpathSync(path) : path, head };
  throw wrong('it is neither a binary nor begins with a line such as #!/usr/bin/env python3');
}

/** Whether the file is a script that names its interpreter. */
function isScript(head: Buffer): boolean {
  return head.subarray(0, 2).toString('latin1') === '#!';
}

/** ELF, or Mach-O in either order of bytes, for one processor or several. */
function isBinary(head: Buffer): boolean {
  const magic = head.subarray(0, 4).toString('hex');
  return ['7f454c46', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe'].includes(magic);
}

/** The path of a command: its own, or the first in PATH of that name. */
function located(command: string): string {
  if (command.includes('/')) return resolve(command);
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, command);
    try {
      if (folder !== '' && statSync(path).isFile()) return path;
    } catch {
      // It is not in this folder.
    }
  }
  throw new BadInput(`${command} cannot be started: no folder in PATH has it. Where it lies here, write ./${command}`);
}

function headOf(path: string, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(length);
    return head.subarray(0, readSync(file, head, 0, length, 0));
  } finally {
    closeSync(file);
  }
}
