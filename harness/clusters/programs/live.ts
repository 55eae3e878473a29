/** A program in real time: a process group of its own, lines through pipes. */
import type { NodeId } from '../../../systems/node.ts';
import { minimalEnvironment } from '../children/environment.ts';
import type { Guard } from '../children/guard.ts';
import { headingOf, tailOf } from '../children/launch.ts';
import { signalGroup, startTalking, type TalkingChild } from '../children/start.ts';
import { stopChild } from '../children/stopping.ts';
import { Framer } from './framer.ts';
import type { Birth, Instance } from './instance.ts';

/** So much may wait for a program that does not read. */
const UNREAD_BYTES = 64 * 2 ** 20;
/** Readers of lines in some languages stop at so many bytes, Go's bufio.Scanner among them. */
const LONG_LINE = 64 * 2 ** 10;
/** How long what a process wrote before its end may take to be read. */
const LAST_READ_MS = 1000;
/** So many lines of its log are shown where a program ends by itself. */
const SHOWN_LINES = 12;

export interface LiveOptions {
  readonly guard: Guard;
  /** Told once for a node that is sent a long line. */
  warn(node: NodeId, sentence: string): void;
}

/** Starts a program. Throws `HarnessFailure` where the operating system gives no process or no file. */
export function live(birth: Birth, { guard, warn }: LiveOptions): Instance {
  const { id, command, args, folder, logFile } = birth;
  const child = startTalking({
    ...{ who: id, command, args, cwd: folder, logFile },
    env: minimalEnvironment(),
    mark: guard.mark,
    heading: headingOf(id, birth.life),
  });
  guard.watch(child.pid);
  let isOver = false;
  const over = child.ended.then((how) => {
    isOver = true;
    // Whatever it started ends with it.
    signalGroup(child.pid, 'SIGKILL');
    guard.forget(child.pid);
    return how;
  });
  // What left the group may hold the pipe: that is not waited for.
  const read = Promise.race([
    allRead(child),
    over.then(() => new Promise((resolve) => setTimeout(resolve, LAST_READ_MS).unref())),
  ]);
  void Promise.all([over, read]).then(([how]) => birth.ended(how));
  const framer = new Framer({
    line: (text) => birth.heard(text),
    garbled: (shown) => birth.garbled(shown),
    tooLong: () => birth.broke('wrote a line of more than 64 MiB'),
  });
  child.stdout.on('data', (chunk: Buffer) => framer.take(chunk));
  const writer = new Writer(child, () => birth.broke('reads nothing: more than 64 MiB wait for it'));
  let warned = false;
  return {
    pid: child.pid,
    tell(line) {
      if (line.length > LONG_LINE && !warned) {
        warned = true;
        warn(
          id,
          `${id} is sent a line of ${line.length} characters: readers of lines may stop at 64 KiB, as Go's bufio.Scanner does unless it is given a larger buffer`,
        );
      }
      writer.write(line);
    },
    pause: () => stopChild(child, () => isOver),
    resume: () => child.signal('SIGCONT'),
    async kill() {
      child.signal('SIGKILL');
      child.stdout.removeAllListeners('data');
      child.stdout.destroy();
      child.stdin.destroy();
      await over;
    },
    logTail: () => lastLines(logFile),
  };
}

function lastLines(logFile: string): string {
  const lines = tailOf(logFile, 4000).trimEnd().split('\n');
  return lines
    .filter((line) => !line.startsWith('splitbrain: life '))
    .slice(-SHOWN_LINES)
    .join('\n');
}

/** Resolves when all that a process wrote has been read, or nobody will read it. */
function allRead({ stdout }: TalkingChild): Promise<void> {
  return new Promise((resolve) => {
    stdout.once('close', resolve);
    stdout.once('end', resolve);
    stdout.on('error', () => resolve());
  });
}

/** Writes all lines of a turn at once. */
class Writer {
  private readonly child: TalkingChild;
  private readonly tooMuch: () => void;
  private text = '';

  constructor(child: TalkingChild, tooMuch: () => void) {
    this.child = child;
    this.tooMuch = tooMuch;
    // One that ended is told of by its end.
    child.stdin.on('error', () => {});
  }

  write(line: string): void {
    if (this.text === '') queueMicrotask(() => this.flush());
    this.text += `${line}\n`;
  }

  private flush(): void {
    const { stdin } = this.child;
    const { text } = this;
    this.text = '';
    if (stdin.destroyed) return;
    stdin.write(text);
    if (stdin.writableLength > UNREAD_BYTES) this.tooMuch();
  }
}
