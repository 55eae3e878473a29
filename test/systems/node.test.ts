import { expect, it } from 'vitest';
import { Refused } from '../../systems/node.ts';

it('a refusal is known by its name, whichever copy of the class made it', () => {
  class Other extends Error {
    override readonly name = 'Refused';
  }
  expect(new Refused('no')).toBeInstanceOf(Refused);
  expect(new Other('no') instanceof Refused).toBe(true);
  expect(new Error('no') instanceof Refused).toBe(false);
  expect((undefined as unknown) instanceof Refused).toBe(false);
});
