import { expect, it } from 'vitest';
import { ScramClient } from '../../../databases/wire/scram.ts';

const NONCE = 'rOprNGfwEbeRWgbNEkqO';
const SERVER = `r=${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`;
const client = () => new ScramClient('pencil', { nonce: NONCE, user: 'user' });

it('says what the example of RFC 7677 says', () => {
  const scram = client();
  expect(scram.first()).toBe(`n,,n=user,r=${NONCE}`);
  expect(scram.final(SERVER)).toBe(
    `c=biws,r=${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
  );
  scram.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
  expect(scram.isVerified).toBe(true);
});

it('refuses a server that does not know the password', () => {
  const scram = client();
  scram.final(SERVER);
  for (const proof of ['', 'v=', 'v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='])
    expect(() => scram.verify(proof)).toThrow(/did not prove/);
  expect(scram.isVerified).toBe(false);
});

it.each([
  ['another nonce', 'r=somebody,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'],
  ['no nonce of its own', `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`],
  ['no repetitions', `r=${NONCE}x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0`],
  ['more repetitions than anybody needs', `r=${NONCE}x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096000000`],
])('refuses a server with %s', (_, server) => {
  expect(() => client().final(server)).toThrow(/as SCRAM asks/);
});
