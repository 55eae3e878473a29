/**
 * A program whose main thread's time, waiting and chance are the harness's. Told a line it runs until it waits again,
 * and says until when; so all that it does is a function of what it is told, and when. Everything here blocks: a run
 * is made at once, as with designs.
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { Cause } from '../../node/cause.ts';
import { mix, mixText } from '../../node/identity.ts';
import { signalGroup } from '../children/start.ts';
import { Framer } from '../programs/framer.ts';
import type { Birth, Instance } from '../programs/instance.ts';
import { givePipes } from './pipes.ts';
import { bytesFrom, reportFrom, SAYS, tellTime } from './records.ts';
import { beginLife, logTailOf, takeLog } from './template.ts';

/** A pipe holds twice as much. */
const LONGEST_LINE = 2 ** 19;
const NS = 1e6;

export interface VirtualBirth extends Birth {
  /** How messages call the program. */
  readonly says: string;
  /** The run's seed. */
  readonly seed: number;
  /** What the life began with. */
  readonly cause: Cause;
  /** Takes what it wrote to stderr, in the end. */
  wrote(lines: readonly string[]): void;
}

/** Begins a life. Throws `HarnessFailure` where the program does not come to wait. */
export function virtual(birth: VirtualBirth): Instance {
  return new VirtualInstance(birth);
}

class VirtualInstance implements Instance {
  readonly pid: number;
  private readonly birth: VirtualBirth;
  private readonly identity: number;
  private readonly path: string;
  private readonly ctl: number;
  private readonly files: { readonly input: number; readonly output: number; readonly cmd: number };
  private readonly framer: Framer;
  private readonly zero: { readonly elapsed: number };
  private cause: Cause;
  private callOff: (() => void) | undefined;
  private isOver = false;

  constructor(birth: VirtualBirth) {
    const { id, life, seed, clock, says, command, args, folder } = birth;
    this.birth = birth;
    this.cause = birth.cause;
    this.identity = mix(mix(seed, mixText(id)), life);
    this.zero = { elapsed: clock.elapsed() };
    const begun = beginLife({ says, command, args, folder, seed: this.identity % 2 ** 31 });
    this.pid = begun.pid;
    this.path = begun.path;
    this.ctl = begun.ctl;
    const open = (name: string) => openSync(`${begun.path}.${name}`, constants.O_RDWR);
    this.files = { input: open('in'), output: open('out'), cmd: open('cmd') };
    this.framer = new Framer({
      line: (text) => birth.heard(text, this.cause),
      garbled: (shown) => birth.garbled(shown),
      tooLong: () => birth.broke('wrote a line of more than 64 MiB'),
    });
    this.takeIn(begun.report.until, begun.report.bytes);
  }

  tell(line: string, cause: Cause): void {
    if (this.isOver) return;
    const bytes = Buffer.from(`${line}\n`);
    if (bytes.length > LONGEST_LINE) {
      this.birth.broke(`is sent a line of ${bytes.length} bytes, which is too long for virtual time`);
      return;
    }
    writeSync(this.files.input, bytes);
    this.run(cause);
  }

  /** Nothing reaches a node that is paused, and its timers wait: the process need not know. */
  async pause(): Promise<boolean> {
    return !this.isOver;
  }

  resume(): boolean {
    return !this.isOver;
  }

  async kill(): Promise<void> {
    this.end();
  }

  logTail(): string {
    return logTailOf(this.path);
  }

  /** Lets the program run until it waits again. */
  private run(cause: Cause): void {
    this.cause = cause;
    const { clock } = this.birth;
    const now = Math.round((clock.elapsed() - this.zero.elapsed) * NS);
    tellTime(this.files.cmd, now, Math.round(clock.now() * NS));
    let report = reportFrom(this.ctl);
    for (; report?.until === SAYS.full && !this.isOver; report = reportFrom(this.ctl)) {
      this.read(report.bytes);
      tellTime(this.files.cmd, now, Math.round(clock.now() * NS));
    }
    if (report) this.takeIn(report.until, report.bytes);
    else this.exited('it was killed, or exited');
  }

  /** The program waits, and wrote so much before. */
  private takeIn(until: number, bytes: number): void {
    this.read(bytes);
    this.callOff?.();
    this.callOff = undefined;
    if (this.isOver || until === SAYS.forever) return;
    if (until === SAYS.ends) this.exited('exit');
    else if (until === SAYS.stuck) this.birth.broke('ran for 10 s of real time without waiting: it never waits');
    else this.wakeAt(until);
  }

  private wakeAt(until: number): void {
    const { id, clock, cause } = this.birth;
    const ms = until / NS - (clock.elapsed() - this.zero.elapsed);
    const timer = new Cause(mix(this.identity, Math.round(until / 1000)), cause.root, id, 'timer');
    this.callOff = clock.after(Math.max(0.001, ms), () => this.isOver || this.run(timer));
  }

  private read(bytes: number): void {
    if (bytes > 0) this.framer.take(bytesFrom(this.files.output, bytes));
  }

  private exited(how: string): void {
    if (this.isOver) return;
    this.birth.ended(how);
    this.end();
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.callOff?.();
    signalGroup(this.pid, 'SIGKILL');
    const { input, output, cmd } = this.files;
    for (const file of [this.ctl, input, output, cmd]) closeSync(file);
    this.birth.wrote(takeLog(this.path));
    givePipes(this.path);
  }
}
