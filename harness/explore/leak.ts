/**
 * Whether a run is the same when it is made again. A difference is a leak: something in the system that
 * the seed does not decide, such as time, chance, or a variable outside of `start` that outlives its run.
 */

import { simulateNow } from '../clusters/simulation/simulate.ts';
import type { Run } from '../judging/result.ts';
import type { Subject } from '../setting/subject.ts';
import { type Planned, partsOf } from './trial.ts';

/** What happened at some moment, told so that two runs can be compared. */
interface Event {
  readonly ms: number;
  readonly says: string;
}

/**
 * Makes the run twice, at once: the first run, and the first event that differs
 * in the second, in words, where one does. Call it from a macrotask alone.
 */
export function runTwice(subject: Subject, planned: Planned): { readonly run: Run; readonly leak?: string } {
  const first = told(subject, planned);
  const leak = firstDifference(first.events, told(subject, planned).events);
  return { run: first.run, ...(leak === undefined ? {} : { leak }) };
}

function told(subject: Subject, planned: Planned): { readonly run: Run; readonly events: readonly Event[] } {
  const lines: string[] = [];
  const sink = (line: string) => lines.push(line);
  const run = simulateNow({ ...subject, ...partsOf(planned), journal: true, claimsOnly: true, sink });
  const operations = lines.map((line) => {
    const event = JSON.parse(line) as { readonly time: number };
    return { ms: event.time / 1e6, says: `the history says ${line.trim()}` };
  });
  return { run, events: eventsOf(run, operations) };
}

/** The messages of a run, and what its clients did. */
function eventsOf(run: Run, operations: readonly Event[]): readonly Event[] {
  const messages = run.messages.map(({ sentMs, from, to, kind, body, id, delaysMs, arrivedMs }) => ({
    ms: sentMs,
    says: `${from} sends ${kind} to ${to}: ${JSON.stringify({ body, id, delaysMs, arrivedMs })}`,
  }));
  // The sort is stable, so that events of one moment stay in the order in which they happened.
  return [...messages, ...operations].sort((a, b) => a.ms - b.ms);
}

/** The first event that differs between two runs of the same plan, in words; nothing where all is the same. */
export function differenceBetween(once: Run, again: Run): string | undefined {
  return firstDifference(eventsOf(once, operationsOf(once)), eventsOf(again, operationsOf(again)));
}

function operationsOf({ history }: Run): readonly Event[] {
  return [...history].map((operation) => ({
    ms: operation.startNs / 1e6,
    says: `a client calls: ${JSON.stringify(operation)}`,
  }));
}

function firstDifference(once: readonly Event[], again: readonly Event[]): string | undefined {
  const length = Math.max(once.length, again.length);
  for (let i = 0; i < length; i++) {
    const [a, b] = [once[i], again[i]];
    if (a?.says === b?.says && a?.ms === b?.ms) continue;
    return `the first time ${eventText(a)}; the second time ${eventText(b)}`;
  }
  return undefined;
}

function eventText(event: Event | undefined): string {
  return event ? `at ${event.ms} ms ${event.says.slice(0, 300)}` : 'nothing more happened';
}
