/** The random names below which everything is made, and by which what a killed run has left is found. */
import { randomBytes } from 'node:crypto';

const PREFIX = 'splitbrain_';
const NAME = /^splitbrain_[0-9a-f]{16}$/;

/** A name for a schema, a database, or the beginning of keys. */
export function newName(): string {
  return `${PREFIX}${randomBytes(8).toString('hex')}`;
}

/** Whether a name is one of ours. */
export function isOurName(name: string): boolean {
  return NAME.test(name);
}
