/** Identities of messages are written as they always were, only faster. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { identityText } from '../../../harness/node/identity.ts';

it('writes an identity to the base of 36', () => {
  const identities = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.integer({ min: 36 ** 6 - 2, max: 36 ** 6 + 2 }));
  fc.assert(
    fc.property(identities, (identity) => {
      expect(identityText(identity)).toBe(identity.toString(36));
    }),
    { numRuns: 10_000 },
  );
});
