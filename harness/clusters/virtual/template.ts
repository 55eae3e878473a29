/** Starts programs whose time is virtual: forked from a template where the program can be forked, else spawned. */
import { spawn } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, rmSync } from 'node:fs';
import { BadInput, HarnessFailure } from '../../failure.ts';
import { because, Cause } from '../../node/cause.ts';
import { minimalEnvironment } from '../children/environment.ts';
import { newMark } from '../children/marks.ts';
import { RUN_VARIABLE } from '../children/process-tree.ts';
import { signalGroup } from '../children/start.ts';
import { givePipes, takePipes } from './pipes.ts';
import { askForLife, firstReport, numberFrom, type Report, SAYS } from './records.ts';
import { PRELOAD, shim } from './shim.ts';

/** The program as it is started: an absolute path, and the words after it. */
interface Command {
  /** How messages call it. */
  readonly says: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** What a life is given. */
export interface LifeOptions extends Command {
  readonly seed: number;
  readonly folder: string;
}

/** A program that waits for the first time in its life. */
export interface Begun {
  readonly pid: number;
  /** Where its pipes lie. */
  readonly path: string;
  readonly ctl: number;
  readonly report: Report;
}

interface Template {
  readonly pid: number;
  readonly ctl: number;
  readonly cmd: number;
}

/** This thread's templates, by command; nothing of those that cannot be forked. */
const templates = new Map<string, Template | undefined>();
const OUTSIDE = new Cause(0, 'harness', '');
let mark: string | undefined;

/** Starts a life. Throws `HarnessFailure` where the program does not come to wait. */
export function beginLife(life: LifeOptions): Begun {
  const template = templateOf(life);
  const path = takePipes();
  // Until the program has opened its end, this keeps the pipe from being at its end.
  const held = openSync(`${path}.ctl`, constants.O_RDWR);
  try {
    const pid = template ? forked(template, life, path) : spawned(life, path, life.folder, {});
    const first = firstReport(`${path}.ctl`, () => isAlive(pid));
    if (first) return { pid, path, ...first };
    signalGroup(pid, 'SIGKILL');
    throw new HarnessFailure(neverWaited(life, path));
  } finally {
    closeSync(held);
  }
}

function neverWaited({ says }: Command, path: string): string {
  const log = logTailOf(path);
  const shown = log === '' ? 'It wrote nothing to stderr.' : `Its last lines:\n${log}`;
  return `${says} ended, or did not come to wait in a way that virtual time covers, within 10 s: use --cluster processes. ${shown}`;
}

/** What a life wrote to stderr, the last lines of it. */
export function logTailOf(path: string): string {
  try {
    return readFileSync(`${path}.log`, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
  } catch {
    return '';
  }
}

function forked({ ctl, cmd }: Template, { seed, folder, says }: LifeOptions, path: string): number {
  askForLife(cmd, seed, path, folder);
  const pid = numberFrom(ctl);
  if (pid === undefined) throw new HarnessFailure(`the template of ${says} is gone`);
  return pid;
}

function templateOf(program: Command): Template | undefined {
  // For measurements of what forking is worth.
  if (process.env.SPLITBRAIN_NO_FORK) return undefined;
  const name = JSON.stringify([program.command, program.args]);
  if (!templates.has(name)) templates.set(name, madeTemplate(program));
  return templates.get(name);
}

/** A process that stands where the program first waits for a line; none where it has several threads by then. */
function madeTemplate(program: Command): Template | undefined {
  const path = takePipes();
  const held = openSync(`${path}.ctl`, constants.O_RDWR);
  const pid = spawned({ ...program, seed: 1 }, path, undefined, { SPLITBRAIN_FORK: '1' });
  const first = firstReport(`${path}.ctl`, () => isAlive(pid));
  closeSync(held);
  if (!first) {
    signalGroup(pid, 'SIGKILL');
    throw new BadInput(neverWaited(program, path));
  }
  if (first.report.until === SAYS.template) {
    const cmd = openSync(`${path}.cmd`, constants.O_RDWR);
    process.on('exit', () => signalGroup(pid, 'SIGKILL'));
    return { pid, ctl: first.ctl, cmd };
  }
  signalGroup(pid, 'SIGKILL');
  closeSync(first.ctl);
  givePipes(path);
  return undefined;
}

function spawned(
  { says, command, args, seed }: Command & { readonly seed: number },
  path: string,
  folder: string | undefined,
  more: Readonly<Record<string, string>>,
): number {
  const library = shim();
  if ('missing' in library) throw new HarnessFailure(library.missing);
  mark ??= newMark();
  const env = {
    ...minimalEnvironment(),
    [RUN_VARIABLE]: mark,
    LD_PRELOAD: library.path,
    SPLITBRAIN_PIPES: path,
    SPLITBRAIN_CHANCE: String(seed),
    PYTHONHASHSEED: '0',
    NODE_OPTIONS: `--require ${JSON.stringify(PRELOAD)}`,
    ...more,
  };
  const files = [
    openSync(`${path}.in`, constants.O_RDWR),
    openSync(`${path}.out`, constants.O_RDWR),
    openSync(`${path}.log`, 'a'),
  ];
  // Not on behalf of a node: Node.js itself looks at the clock when it starts a process.
  const child = because(OUTSIDE, () =>
    spawn(command, args, { detached: true, stdio: files, env, ...(folder === undefined ? {} : { cwd: folder }) }),
  );
  for (const file of files) closeSync(file);
  child.on('error', () => {});
  child.unref();
  if (child.pid === undefined) throw new HarnessFailure(`${says} cannot be started`);
  return child.pid;
}

/** Whether the process runs: one that ended is there until the event loop takes note of it. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z';
  } catch {
    return false;
  }
}

/** The lines of a log, which is gone then: pipes are used again, and the next life begins with none. */
export function takeLog(path: string): readonly string[] {
  const file = `${path}.log`;
  let text = '';
  try {
    text = readFileSync(file, 'utf8').trimEnd();
    rmSync(file, { force: true });
  } catch {
    // It wrote nothing.
  }
  return text === '' ? [] : text.split('\n');
}
