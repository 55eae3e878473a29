/** Starts a child that runs a design, and looks at processes and their logs. */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { entry } from '../../entry.ts';
import { type ChildSetting, SETTING_VARIABLE } from '../processes/protocol.ts';
import { minimalEnvironment } from './environment.ts';
import { type Child, startSilent } from './start.ts';

/** Throws `HarnessFailure` where the operating system gives no process or no file. */
export function launch(setting: ChildSetting, logFile: string, mark: string): Child {
  return startSilent({
    who: setting.id,
    command: process.execPath,
    args: [fileURLToPath(entry('child'))],
    env: { ...minimalEnvironment(), [SETTING_VARIABLE]: JSON.stringify(setting) },
    mark,
    logFile,
    heading: headingOf(setting.id, setting.life),
  });
}

/** The line in a node's log with which a life begins. */
export function headingOf(node: string, life: number): string {
  return `splitbrain: life ${life + 1} of ${node}`;
}

/**
 * Whether the operating system shows the process as stopped; where
 * it cannot be asked (no /proc), the signal's word is taken for it.
 */
export function isStopped(pid: number): boolean {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return process.platform !== 'linux';
  }
  // The name before the state is in brackets and may hold anything.
  return stat.charAt(stat.lastIndexOf(')') + 2) === 'T';
}

/** Of each node's log, as much is kept in a result. */
const KEPT_BYTES = 1_000_000;

/** The last lines of a node's log, as many as a result keeps; none where there is no log. */
export function logLines(file: string): readonly string[] {
  const text = tailOf(file, KEPT_BYTES).trimEnd();
  return text === '' ? [] : text.split('\n');
}

/** The last bytes of a log, from the start of a line. */
export function tailOf(file: string, bytes: number): string {
  let log: number | undefined;
  try {
    const { size } = statSync(file);
    log = openSync(file, 'r');
    const from = Math.max(0, size - bytes);
    const buffer = Buffer.alloc(size - from);
    const text = buffer.subarray(0, readSync(log, buffer, 0, buffer.length, from)).toString();
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } catch {
    return '';
  } finally {
    if (log !== undefined) closeSync(log);
  }
}
