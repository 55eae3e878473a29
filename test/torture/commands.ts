/** The command line as a user starts it, in folders of its own, and what it leaves on the machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository, wherever this runs from. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/dist[/\\]$/, '');
const MAIN = join(ROOT, 'bin.mjs');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A working folder, and a temporary one that is its own. */
export interface Place {
  readonly cwd: string;
  readonly temporary: string;
  remove(): void;
}

export function newPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'torture-'));
  const [cwd, temporary] = [join(folder, 'work'), join(folder, 'tmp')];
  for (const one of [cwd, temporary]) mkdirSync(one);
  return { cwd, temporary, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Starts it in a process group of its own. */
export function start(args: readonly string[], { cwd, temporary }: Place): ChildProcess {
  const env = { ...process.env, TMPDIR: temporary, GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '' };
  return spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs it to its end. */
export async function splitbrain(args: readonly string[], place: Place): Promise<Ended> {
  return ended(start(args, place));
}

/** The same by a shell, in which `$SB` is the command line: for limits, pipes and devices. */
export async function shell(script: string, { cwd, temporary }: Place): Promise<Ended> {
  const env = { ...process.env, TMPDIR: temporary, SB: `${process.execPath} ${MAIN}`, GITHUB_ACTIONS: '' };
  return ended(spawn('bash', ['-o', 'pipefail', '-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

async function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}

/** The processes that have anything to do with the place: by working folder, command line or environment. */
export function processesIn({ cwd, temporary }: Place): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      if (/^State:\tZ/m.test(readFileSync(`/proc/${name}/status`, 'utf8'))) return [];
      const texts = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${name}/${file}`, 'latin1'));
      return texts.some((text) => text.includes(cwd) || text.includes(temporary)) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Waits until this holds; whether it did before the time was over. */
export async function until(holds: () => boolean, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    if (holds()) return true;
    await new Promise((wake) => setTimeout(wake, 20));
  }
  return holds();
}

/** What /proc says of a process: its command line, or another of its files. */
export function commandOf(pid: number, file = 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return ') Z';
  }
}
