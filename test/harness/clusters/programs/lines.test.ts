import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Framer } from '../../../../harness/clusters/programs/framer.ts';
import { messageIn } from '../../../../harness/clusters/programs/message.ts';

function framed(chunks: readonly Buffer[]): { readonly lines: readonly string[]; readonly garbled: number } {
  const lines: string[] = [];
  let garbled = 0;
  const framer = new Framer({
    line: (text) => lines.push(text),
    garbled: () => garbled++,
    tooLong: () => {},
  });
  for (const chunk of chunks) framer.take(chunk);
  return { lines, garbled };
}

it('finds the same lines however they are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat()), (texts, cuts) => {
      const lines = texts.map((text) => text.replace(/[\r\n]/g, ''));
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
      expect(framed(chunks).lines).toEqual(lines);
    }),
  );
});

it('takes \\r\\n for an end of a line, and tells bytes that are no text', () => {
  expect(framed([Buffer.from('one\r\ntwo\n')]).lines).toEqual(['one', 'two']);
  expect(framed([Buffer.from([0x7b, 0xff, 0x0a, 0x61, 0x0a])])).toEqual({ lines: ['a'], garbled: 1 });
});

it.each([
  ['hello', /^is not JSON \(/],
  ['7', /^is JSON, but no object$/],
  ['{"dest":"n1","body":{}}', /^has no string "src"$/],
  ['{"src":"n1","body":{}}', /^has no string "dest"$/],
  ['{"src":"n1","dest":"n2"}', /^has no object "body"$/],
  ['{"src":"n1","dest":"n2","body":[]}', /^has no object "body"$/],
])('says of %s why it is no message', (line, says) => {
  expect(messageIn(line)).toMatchObject({ says: expect.stringMatching(says) });
});
