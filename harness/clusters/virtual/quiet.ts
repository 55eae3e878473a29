/**
 * A program in virtual time without a preloaded library: it says itself when it is done with a line, by a message to
 * `harness` of type `quiet`, and takes time and chance from services. So it may be in any language, linked as it likes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import type { Program } from '../../../systems/system.ts';
import { HarnessFailure } from '../../failure.ts';
import { because, Cause } from '../../node/cause.ts';
import { minimalEnvironment } from '../children/environment.ts';
import { newMark } from '../children/marks.ts';
import { RUN_VARIABLE } from '../children/process-tree.ts';
import { signalGroup } from '../children/start.ts';
import { Framer } from '../programs/framer.ts';
import type { Instance } from '../programs/instance.ts';
import { OFFER } from '../programs/own-services.ts';
import type { VirtualBirth } from './instance.ts';
import { launched } from './launcher.ts';
import { givePipes, takePipes } from './pipes.ts';
import { isAlive, logTailOf, takeLog } from './template.ts';

const OUTSIDE = new Cause(0, 'harness', '');
/** How long a program may take until it says that it is quiet. */
const PATIENCE_MS = 10_000;
/** How long it may take to say whether it ever does. */
const ASKED_MS = 5000;
const MOMENT = new Int32Array(new SharedArrayBuffer(4));

const known = new Map<string, boolean>();

/** Whether a program accepts, in its reply to `init`, to say when it is quiet: it is started once for that. */
export function saysQuiet({ command, args }: Pick<Program, 'command' | 'args'>): boolean {
  const name = JSON.stringify([command, args]);
  const one = known.get(name) ?? asked(command, args);
  known.set(name, one);
  return one;
}

function asked(command: string, args: readonly string[]): boolean {
  const { path, first } = launched(command);
  const body = { type: 'init', msg_id: 1, node_id: 'n0', node_ids: ['n0'], splitbrain: OFFER };
  const input = `${JSON.stringify({ id: 1, src: 'c00', dest: 'n0', body })}\n`;
  const options = { input, encoding: 'utf8', timeout: ASKED_MS, env: minimalEnvironment() } as const;
  const { stdout } = spawnSync(path, [...first, ...args], { ...options, killSignal: 'SIGKILL' });
  return (stdout ?? '').split('\n').some((line) => isQuiet(line, 1));
}

/** Whether a line says that the program is done with the message of this id. */
function isQuiet(line: string, id: number): boolean {
  if (!line.includes('"quiet"')) return false;
  try {
    const { dest, body } = JSON.parse(line);
    return dest === 'harness' && body?.type === 'quiet' && body.in_reply_to === id;
  } catch {
    return false;
  }
}

let mark: string | undefined;
/** Those that live now: they end with this process. */
const running = new Set<number>();

function endWithUs(pid: number): void {
  if (!process.listeners('exit').includes(endAll)) process.on('exit', endAll);
  running.add(pid);
}

function endAll(): void {
  for (const pid of running) signalGroup(pid, 'SIGKILL');
}

/** Begins a life. Throws `HarnessFailure` where the operating system gives no process. */
export function quiet(birth: VirtualBirth): Instance {
  return new QuietInstance(birth);
}

class QuietInstance implements Instance {
  readonly pid: number;
  private readonly birth: VirtualBirth;
  private readonly path = takePipes();
  private readonly input: number;
  private readonly output: number;
  private readonly framer: Framer;
  private cause: Cause;
  /** The message that it is busy with. */
  private busyWith: number | undefined;
  private isOver = false;

  constructor(birth: VirtualBirth) {
    this.birth = birth;
    this.cause = birth.cause;
    this.input = openSync(`${this.path}.in`, constants.O_RDWR);
    this.output = openSync(`${this.path}.out`, constants.O_RDWR | constants.O_NONBLOCK);
    this.pid = this.started();
    this.framer = new Framer({
      line: (text) => this.take(text),
      garbled: (shown) => birth.garbled(shown),
      tooLong: () => birth.broke('wrote a line of more than 64 MiB'),
    });
  }

  /** Returns when it is quiet. */
  tell(line: string, cause: Cause): void {
    if (this.isOver) return;
    this.cause = cause;
    this.busyWith = (JSON.parse(line) as { readonly id: number }).id;
    writeSync(this.input, `${line}\n`);
    this.listen();
  }

  async pause(): Promise<boolean> {
    return !this.isOver;
  }

  resume(): boolean {
    return !this.isOver;
  }

  async kill(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    running.delete(this.pid);
    signalGroup(this.pid, 'SIGKILL');
    for (const file of [this.input, this.output]) closeSync(file);
    this.birth.wrote(takeLog(this.path));
    givePipes(this.path);
  }

  logTail(): string {
    return logTailOf(this.path);
  }

  private started(): number {
    const { says, command, args, folder } = this.birth;
    const files = [
      openSync(`${this.path}.in`, constants.O_RDWR),
      openSync(`${this.path}.out`, constants.O_RDWR),
      openSync(`${this.path}.log`, 'a'),
    ];
    mark ??= newMark();
    const env = { ...minimalEnvironment(), [RUN_VARIABLE]: mark };
    // Not on behalf of a node: Node.js itself looks at the clock when it starts a process.
    const child = because(OUTSIDE, () => spawn(command, args, { detached: true, stdio: files, env, cwd: folder }));
    for (const file of files) closeSync(file);
    child.on('error', () => {});
    child.unref();
    if (child.pid === undefined) throw new HarnessFailure(`${says} cannot be started`);
    endWithUs(child.pid);
    return child.pid;
  }

  private listen(): void {
    const chunk = Buffer.allocUnsafe(65_536);
    const isBusy = () => this.busyWith !== undefined && !this.isOver;
    for (let fromMs = performance.now(), looks = 0; isBusy(); looks++) {
      const count = readOf(this.output, chunk);
      if (count > 0) {
        looks = 0;
        this.framer.take(chunk.subarray(0, count));
      } else if (performance.now() - fromMs > PATIENCE_MS) {
        this.birth.broke(`did not say that it is quiet within ${PATIENCE_MS / 1000} s of real time`);
        return;
      } else if (looks > 20 && !isAlive(this.pid)) {
        this.birth.ended('exit');
        return;
      } else Atomics.wait(MOMENT, 0, 0, looks < 20 ? 0.02 : 1);
    }
  }

  private take(line: string): void {
    if (this.busyWith !== undefined && isQuiet(line, this.busyWith)) this.busyWith = undefined;
    else this.birth.heard(line, this.cause);
  }
}

/** How many bytes there are; none where nothing was written. */
function readOf(file: number, to: Buffer): number {
  try {
    return readSync(file, to, 0, to.length, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}
