import { describe, expect, it } from 'vitest';
import { callText, membersText, plainText, transactionText } from '../../../report/page/call-text.ts';

describe('calls as people write them', () => {
  it('says what says most first, without braces and quotes', () => {
    expect(membersText('{"version":{"n1":3},"value":[1,2]}')).toBe('value [1 2], version {n1 3}');
    expect(callText('acquire', 'k', '{"grant":null,"ttlMs":100}')).toBe('acquire k ttlMs 100, grant null');
    expect(callText('cas', 'k', '[1,{"a":2}]')).toBe('cas k 1 → {a 2}');
  });

  it('leaves alone what is no object, or was cut', () => {
    expect(membersText('{"value":[1,2')).toBe('{"value":[1,2');
    expect(membersText('"text"')).toBe('"text"');
  });

  it('takes the quotes of names out of sentences, and of nothing else', () => {
    expect(plainText('read() -> {"value":9,"version":{"n1":3}}')).toBe('read() -> {value: 9, version: {n1: 3}}');
    expect(plainText('a read of key "k9", and {"a b":1}')).toBe('a read of key "k9", and {"a b":1}');
  });

  it('tells reads that found nothing from reads without an answer', () => {
    expect(transactionText('[["r","x",null]]', true)).toBe('r x = nothing');
    expect(transactionText('[["r","x",null]]')).toBe('r x');
  });
});
