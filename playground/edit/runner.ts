/** Runs edited code in a sandboxed frame of its own, which is gone when it has answered, or after five seconds. */
import type { Made } from '../engine/messages.ts';
import type { Scenario } from '../engine/scenario.ts';
import { FRAME } from './frame.mjs';
import { linesOf } from './places.ts';

const LONGEST_MS = 5000;
/** So long may the frame and its worker take until the code begins. */
const LOADING_MS = 30_000;

/** What the code is run with. */
export interface Run {
  readonly scenario: Scenario;
  /** How many lines stand before the code in the worker's text, and how many the code has. */
  readonly before: number;
  readonly lines: number;
}

/** Why there is no run, with the line of the code where it is known. */
export interface Refusal {
  readonly error: string;
  readonly line?: number;
}

export type Answer = { readonly made: Made } | Refusal;

/** `sandbox` is the worker's text before the code, which is lowered to CommonJS. */
export async function runEdited(sandbox: string, code: string, scenario: Scenario): Promise<Answer> {
  const lines = linesOf(code);
  const head = (before: number): string => {
    const run: Run = { scenario, before, lines };
    return `${sandbox}\nsplitbrainSandbox(${JSON.stringify(run)}, function (exports, require) {`;
  };
  const before = linesOf(head(0));
  const answer = await answered(`${head(before)}\n${code}\n});`);
  if (!('worker' in answer)) return answer;
  // The worker's text could not be loaded: the line is one of that text.
  const line = answer.line - before;
  return line >= 1 && line <= lines ? { error: answer.error, line } : { error: answer.error };
}

/** What the worker says first. */
export interface Begun {
  readonly begun: true;
}

/** What the frame says of a worker that does not load. */
interface Unloaded {
  readonly error: string;
  readonly line: number;
  readonly worker: true;
}

function answered(text: string): Promise<Answer | Unloaded> {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.title = 'Edited code';
  frame.hidden = true;
  frame.srcdoc = FRAME;
  const { port1, port2 } = new MessageChannel();
  let clock: ReturnType<typeof setTimeout> | undefined;
  return new Promise<Answer | Unloaded>((resolve) => {
    const endAfter = (ms: number, error: string) => {
      clearTimeout(clock);
      clock = setTimeout(() => resolve({ error: `ended after ${ms / 1000} s: ${error}` }), ms);
    };
    port1.onmessage = ({ data }: MessageEvent<Answer | Unloaded | Begun>) => {
      if ('begun' in data) endAfter(LONGEST_MS, 'the code did not come to an end');
      else resolve(data);
    };
    frame.onload = () => frame.contentWindow?.postMessage(text, '*', [port2]);
    endAfter(LOADING_MS, 'the sandbox of the code did not load');
    document.body.append(frame);
  }).finally(() => {
    clearTimeout(clock);
    port1.close();
    // With the frame its worker ends, whatever it is doing.
    frame.remove();
  });
}
