/**
 * One writer for a folder. Each writer puts a file of its own name there, which says where it runs, and continues only
 * where no other that lives has one: files of unique names cannot be taken from each other, as one name for all can.
 */
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hasEnded, startOf } from '../clusters/children/process-tree.ts';
import { BadInput, HarnessFailure } from '../failure.ts';

/** `running.HOST.PID.START.pid`: a number that was used again has another start. */
const NAME = /^running\.([\w-]+)\.(\d+)\.(\d*)\.pid$/;
const HOST = hostname().replace(/[^\w-]/g, '_');
/** Whether a writer on another machine lives cannot be asked: it renews its file so often, or is gone. */
const RENEW_MS = 10_000;
const GONE_MS = 60_000;
const TRIES = 20;

/**
 * Takes the folder for this process until what it returns is called. Throws
 * `BadInput` where another process that lives has it: of several at once exactly one continues.
 */
export function takeFolder(folder: string): () => void {
  const own = writerFile(process.pid);
  const file = join(folder, own);
  const release = () => rmSync(file, { force: true });
  for (let tries = 0; ; tries++) {
    refuseBusy(folder);
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, '');
    } catch (error) {
      throw new HarnessFailure(`${file} cannot be written: ${(error as Error).message}`);
    }
    const others = writersOf(folder).filter((name) => name !== own);
    if (others.every((name) => !lives(folder, name, file))) {
      for (const name of others) rmSync(join(folder, name), { force: true });
      break;
    }
    // Somebody came at the same moment, and sees this file too: both step back, and not for equally long.
    release();
    if (tries >= TRIES) refuse(folder, others[0]!);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + Math.random() * 50);
  }
  const renewing = setInterval(() => renew(file), RENEW_MS).unref();
  return () => {
    clearInterval(renewing);
    release();
  };
}

/** The file that says that this process of this machine writes there. */
export function writerFile(pid: number): string {
  return `running.${HOST}.${pid}.${startOf(pid) ?? ''}.pid`;
}

/** Whether a file of a folder only says who writes there. */
export function isWriterFile(name: string): boolean {
  return NAME.test(name);
}

/** Throws `BadInput` where another process that lives writes to the folder. */
export function refuseBusy(folder: string): void {
  const busy = writersOf(folder).find((name) => lives(folder, name));
  if (busy !== undefined) refuse(folder, busy);
}

function refuse(folder: string, name: string): never {
  const [, host, pid] = NAME.exec(name) ?? [];
  const where = host === HOST ? '' : ` of ${host}`;
  throw new BadInput(
    `${folder} is being written to by process ${pid}${where}: wait for it, or name another folder with --out`,
  );
}

function writersOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter(isWriterFile).sort();
  } catch {
    return [];
  }
}

/** `fresh` is a file that was written just now, by the folder's own clock. */
function lives(folder: string, name: string, fresh?: string): boolean {
  const [, host, number, started] = NAME.exec(name) ?? [];
  const pid = Number(number);
  if (host !== HOST) return ageMs(join(folder, name), fresh) < GONE_MS;
  if (pid === process.pid) return false;
  if (started) return !hasEnded(pid, started);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function ageMs(file: string, fresh: string | undefined): number {
  try {
    const now = fresh === undefined ? Date.now() : statSync(fresh).mtimeMs;
    return now - statSync(file).mtimeMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function renew(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The folder is gone, which whoever writes there next will say.
  }
}
