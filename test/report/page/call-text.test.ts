import { describe, expect, it } from 'vitest';
import { callText, membersText, plainText, transactionText } from '../../../report/page/call-text.ts';

describe('calls as people write them', () => {
  it('says what proves something, without braces and quotes', () => {
    expect(membersText('{"version":{"n1":3},"value":[1,2]}')).toBe('[1 2]');
    expect(membersText('{"version":{"n1":3}}')).toBe('');
    expect(callText('acquire', 'k', '{"grant":null,"ttlMs":100}')).toBe('acquire k 100 ms');
    expect(callText('write', 'k', '{"value":6,"grant":{"session":"n1/2","token":4}}')).toBe('write k 6, token 4');
    expect(membersText('{"k0":63,"k1":{"a":1}}')).toBe('k0 63, k1 {a 1}');
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
