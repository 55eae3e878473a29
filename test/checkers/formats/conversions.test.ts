import { type History, readHistory } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { casesOf, hasCorpus, textOf } from '../../corpus.ts';

type Event = Readonly<Record<string, unknown>>;

/** A JSON value as EDN, with the strings that are names as keywords. */
function edn(value: unknown, key?: string): string {
  if (value === null || value === undefined) return 'nil';
  if (Array.isArray(value)) return `[${value.map((one) => edn(one)).join(' ')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(
      ([name, one]) => `${/^\d+$/.test(name) ? name : `:${name}`} ${edn(one, name)}`,
    );
    return `{${entries.join(', ')}}`;
  }
  const isName = typeof value === 'string' && /^[a-z][a-z-]*$/.test(value) && key !== 'value';
  return isName ? `:${value}` : JSON.stringify(value);
}

function plain(history: History): unknown {
  return {
    operations: [...history].map(({ startNs: _, endNs: __, ...operation }) => operation),
    nemesis: history.nemesis.length,
  };
}

const cases = hasCorpus ? casesOf('histories/index.jsonl').filter(({ ops = 0 }) => ops > 0 && ops < 3000) : [];

describe.skipIf(!hasCorpus)('the histories of the corpus', () => {
  it('are the same from lines of JSON, an array of JSON, lines of EDN and a vector of EDN', () => {
    for (const one of new Map(cases.map((other) => [other.path, other])).values()) {
      const text = textOf(one);
      const events = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Event);
      const expected = plain(readHistory(text, 'jsonl').history);
      const lines = events.map((event) => edn(event));
      expect(plain(readHistory(JSON.stringify(events, null, 1)).history), one.id).toEqual(expected);
      expect(plain(readHistory(lines.join('\n')).history), one.id).toEqual(expected);
      expect(plain(readHistory(`; comment\n(${lines.join(' ')})`).history), one.id).toEqual(expected);
    }
  });

  it("are the same from the logs of etcd that Porcupine's are copies of", () => {
    const logs = cases.filter(({ id }) => id.includes('etcd_'));
    expect(logs.length).toBeGreaterThan(10);
    for (const one of logs) {
      const text = textOf(one);
      const log = text
        .trimEnd()
        .split('\n')
        .map((line) => {
          const { process, type, f, value } = JSON.parse(line) as Event;
          const unknown = type === 'info' || (type === 'fail' && f === 'read');
          const shown = unknown ? ':timed-out' : Array.isArray(value) ? `[${value.join(' ')}]` : (value ?? 'nil');
          return `INFO  jepsen.util  - ${process}\t:${type}\t:${f}\t${shown}\n`;
        });
      const withoutErrors = (history: History): unknown =>
        [...history].map(({ startNs: _, endNs: __, outcome, ...rest }) => ({ ...rest, ...outcome, error: undefined }));
      expect(withoutErrors(readHistory(log.join('')).history), one.id).toEqual(
        withoutErrors(readHistory(text, 'jsonl').history),
      );
    }
  });
});
