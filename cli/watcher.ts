/**
 * A thread that looks at the main one, and ends the process where a system's code there never returns. Only a debugger
 * can interrupt such code, so this is one: it says where the code stands, and has the main thread end the process.
 */
import { closeSync, writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { workerData } from 'node:worker_threads';
import { descendantsOf } from '../harness/clusters/children/process-tree.ts';
import { type Doing, type Glance, patienceMs, watch } from '../harness/doing.ts';
import { EXIT } from './exit.ts';
import { harmless } from './harmless.ts';

/** What is not interrupted by then waits for the operating system: for a child of its own, mostly. */
const INTERRUPT_MS = 2_000;

watch(workerData as Doing, interrupt);

function interrupt(glance: Glance): void {
  const session = new Session();
  const urls = new Map<string, string>();
  session.connectToMainThread();
  session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
  session.on('Debugger.paused', ({ params }) => {
    const frame = params.callFrames[0];
    if (!frame) return;
    const { callFrameId, functionName, location } = frame;
    const place = `${urls.get(location.scriptId)}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1}`;
    say(glance, `, in ${functionName || 'its code'} (${place})`);
    session.post('Debugger.evaluateOnCallFrame', { callFrameId, expression: `process.reallyExit(${EXIT.failed})` });
  });
  session.post('Debugger.enable', () => session.post('Debugger.pause'));
  setTimeout(() => {
    for (const pid of descendantsOf(process.pid)) kill(pid);
  }, INTERRUPT_MS);
  setTimeout(() => {
    say(glance, ', in a call of the operating system');
    kill(process.pid);
  }, 2 * INTERRUPT_MS);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function say({ says }: Glance, place: string): void {
  const text = `error: ${says}: no progress for ${patienceMs() / 1000} s, and it was stopped (--patience)${place}`;
  writeSync(2, `${harmless(text)}\n`);
  // Node.js would add that it waits for its debugger.
  closeSync(2);
}
