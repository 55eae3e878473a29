/** A file may break off anywhere, and what is left of a sound one is never refuted. */
import { judge, readHistory } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { completionsOnly, edn, json, jsonl, log, type Row, sessionFormats, txt } from '../../cli/edges/write.ts';

const calls = (...rows: [number, string, unknown, unknown][]): Row[] =>
  rows.flatMap(([process, f, input, output]): Row[] => [
    [process, 'invoke', f, input],
    [process, 'ok', f, output],
  ]);
const register = calls(
  [0, 'write', ['x', 12], ['x', 12]],
  [1, 'read', ['x', null], ['x', 12]],
  [0, 'cas', ['x', [12, 345]], ['x', [12, 345]]],
  [1, 'read', ['x', null], ['x', 345]],
);
const queue = calls([0, 'enqueue', 'a"b\\', null], [1, 'dequeue', null, 'a"b\\'], [1, 'dequeue', null, null]);
const lists = calls(
  [0, 'txn', [['append', 'x', 12]], [['append', 'x', 12]]],
  [1, 'txn', [['r', 'x', null]], [['r', 'x', [12]]]],
);
const single = calls([0, 'write', 12, 12], [1, 'read', null, 12], [1, 'write', 345, 345], [0, 'read', null, 345]);

const sound: Record<string, string> = {
  'lines of JSON': jsonl(register),
  'JSON, an array': json(register),
  'EDN, map after map': edn(register),
  'EDN, a vector': `[${edn(queue)}]\n`,
  'EDN, a list': `(${edn(lists)})`,
  'EDN, completions alone': edn(completionsOnly(lists)),
  'JSON, completions alone': jsonl(completionsOnly(register)),
  'lines of JSON with escapes': jsonl(queue),
  "Jepsen's history.txt": txt(single),
  'history.txt with transactions': txt(lists),
  'the log of etcd': log(single),
  Plume: 'w(1,12,0,0)\nw(2,34,0,0)\nr(1,12,0,1)\nr(2,34,1,2)\nw(1,56,1,2)\nr(1,56,1,3)\n',
  AWDIT: 'w 1 12\nw 2 34\n-----\nr 1 12\n=====\nr 2 34\nw 1 56\n-----\nr 1 56\n',
  'dbcop, raw': sessionFormats.dbcop!([[[['w', 1, 12]]], [[['r', 1, 12]], [['w', 2, 34]]]]),
  Viper: '{"value":[["w",1,12,true],["r",2,null]]}\n{"value":[["r",1,12]]}\n',
};

describe('a file that breaks off', () => {
  it.each(Object.entries(sound))('is read to there: %s', (_, text) => {
    const refuted: string[] = [];
    // Before the end of the first line no format can be told.
    const first = text.indexOf('\n') < 0 ? text.length : text.indexOf('\n');
    let decided = 0;
    for (let end = first; end <= text.length; end++) {
      const judgement = judge(readHistory(text.slice(0, end)).history);
      if (judgement.valid === false) refuted.push(`${text.slice(0, end).slice(-30)}: ${judgement.reason}`);
      else decided++;
    }
    expect(refuted).toEqual([]);
    expect(decided).toBeGreaterThan(0);
  });

  it('keeps a last line that is whole, though no newline ends it', () => {
    const verdict = (text: string) => judge(readHistory(text).history).valid;
    expect(verdict(txt([...single, ...calls([2, 'read', null, 9])]).trimEnd())).toBe(false);
    expect(verdict('w 1 12\n-----\nr 1 9')).toBe(false);
  });
});
