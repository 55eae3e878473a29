import { describe, expect, it } from 'vitest';
import { guessedAmong, keptMessages } from '../../report/messages.ts';
import { packMessages } from '../../report/packed.ts';
import { unpackMessages } from '../../report/page/unpack.ts';
import { report } from '../../report/report.ts';
import { sample } from './sample.ts';

describe('report', () => {
  it('is one file without anything to load', () => {
    const html = report(sample({ operations: 200, messages: true }));
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<(?:script|img|iframe|link)[^>]* (?:src|href)="(?!data:)/);
    expect(html.length).toBeLessThan(1_000_000);
  });

  it('puts hostile text in as data that cannot end its script', () => {
    const hostile = '</script><script>alert(1)</script><!--\u2028';
    const html = report(sample({ operations: 200, hostile }));
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('\u2028');
  });

  it('is the same to the byte for the same results', () => {
    expect(report(sample({ operations: 200 }))).toBe(report(sample({ operations: 200 })));
  });
});

describe('the messages of a report', () => {
  it('are those around anomalies where there are too many', () => {
    const input = sample({ operations: 300, messages: true });
    const { history, result } = input;
    const messages = Array.from({ length: 100_001 }, (_, i) => ({
      ...input.messages[0]!,
      id: String(i),
      sentMs: i / 100,
    }));
    const kept = keptMessages(messages, history, result);
    const anomaly = result.checkers.linearizable;
    const proof = anomaly?.type === 'invalid' ? anomaly.anomalies[0].operations : [];
    const times = [...history]
      .filter(({ start }) => proof.includes(start))
      .flatMap((o) => [o.startNs / 1e6, o.endNs / 1e6]);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept[0]!.sentMs).toBeCloseTo(Math.max(0, Math.min(...times) - 50), 1);
    expect(kept.at(-1)!.sentMs).toBeCloseTo(Math.max(...times) + 50, 1);
    expect(keptMessages(input.messages, history, result)).toBe(input.messages);
  });

  it('say of which the cause is a guess, and of what goes back to them', async () => {
    const [one] = sample({ operations: 10, messages: true }).messages;
    const causes = ['operation 3', 'operation 3?', 'b', 'a', 'c', 'timer'];
    const messages = causes.map((cause, i) => ({ ...one!, id: 'abcdef'[i]!, cause }));
    const packed = packMessages(messages, guessedAmong(messages))!;
    const shown = await unpackMessages(packed.toString('base64'));
    expect(shown.map(({ guessed }) => guessed === true)).toEqual([false, true, true, false, true, false]);
  });
});
