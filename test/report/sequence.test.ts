import { expect, it } from 'vitest';
import { mermaidOf } from '../../report/mermaid.ts';
import { sequenceOf } from '../../report/sequence.ts';
import { shivizOf } from '../../report/shiviz.ts';
import { toldAnomalies } from '../../report/told.ts';
import { sample } from './sample.ts';

const HOSTILE = 'x";#\n%%<b>{"n1":1} \u202E';

function told(hostile?: string) {
  const run = sample({ operations: 200, messages: true, ...(hostile === undefined ? {} : { hostile }) });
  const [first] = toldAnomalies(run.result);
  return { run, sequence: sequenceOf(run, first!) };
}

it.each([undefined, HOSTILE])('is a Mermaid diagram: a line a call, an arrival, a loss and a fault (%#)', (hostile) => {
  const { sequence } = told(hostile);
  const [head, comment, ...lines] = mermaidOf(sequence).trimEnd().split('\n');
  expect([head, comment!.slice(0, 4)]).toEqual(['sequenceDiagram', '  %%']);
  const parties = lines.filter((line) => /^ {2}participant P\d+ as [^\s;].*$/.test(line));
  const drawn = lines.slice(parties.length);
  for (const line of drawn)
    expect(line).toMatch(/^ {2}(P\d+(->>|-->>|-x)P\d+|Note over P\d+(,P\d+)?): ([^;#%<>]|#\d+;)+$/);
  const sent = sequence.happenings.filter(({ kind, arrives }) => kind === 'message' && !arrives);
  expect(drawn.length).toBe(sequence.happenings.length - sent.length + (sequence.leftOut > 0 ? 1 : 0));
  expect(parties.length).toBe(new Set(sequence.happenings.flatMap(({ from, to }) => (from ? [from, to] : []))).size);
});

it.each([undefined, HOSTILE])('is a log that ShiViz reads, whose clocks order each message (%#)', (hostile) => {
  const { sequence } = told(hostile);
  const text = shivizOf(sequence);
  // The default parser of ShiViz.
  const events = [...text.matchAll(/(?<host>\S*) (?<clock>{.*})\n(?<event>.*)\n/g)].map(({ groups }) => ({
    host: groups!.host!,
    clock: JSON.parse(groups!.clock!) as Record<string, number>,
    event: groups!.event!,
  }));
  expect(events.length * 2).toBe(text.trimEnd().split('\n').length);
  const counts = new Map<string, number>();
  for (const { host, clock } of events) {
    // Each host counts its own events, and knows of no event that has not been.
    expect(clock[host]).toBe((counts.get(host) ?? 0) + 1);
    counts.set(host, clock[host]!);
    for (const [other, count] of Object.entries(clock)) expect(count).toBeLessThanOrEqual(counts.get(other) ?? 0);
  }
  const arrivals = sequence.happenings.filter(({ arrives }) => arrives).length;
  expect(events.filter(({ event }) => event.startsWith('receive')).length).toBe(arrivals);
});
