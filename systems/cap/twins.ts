/** Registers on majorities that answer a minority all the same, or claim to. */
import type { MajorityRegister, Steps } from '../quorum/abd.ts';
import { twin } from '../twin.ts';
import { cp } from './cp.ts';

const { steps } = cp;

/** A node that finds no majority takes its own copy for the newest. */
const query: Steps['query'] = function (key) {
  return steps.query.call(this, key).catch(() => this.held(key));
};

export const brokenCpSystems: readonly MajorityRegister[] = [
  twin(
    cp,
    {
      name: 'cap/stale-minority-reads',
      flaw: {
        says: 'a node that finds no majority answers reads from its own copy',
        anomaly: 'stale-read',
        at: 'steps.query.call(this, key).catch(() => this.held(key))',
      },
    },
    {
      query,
      writeBack(message) {
        return steps.writeBack.call(this, message).catch(() => undefined);
      },
    },
  ),
  twin(
    cp,
    {
      name: 'cap/minority-writes',
      flaw: {
        says: 'a node that finds no majority acknowledges writes that it has alone',
        anomaly: 'stale-read',
        at: 'steps.propagate.call(this, message).catch(() => undefined)',
      },
    },
    {
      query,
      propagate(message) {
        return steps.propagate.call(this, message).catch(() => undefined);
      },
    },
  ),
  twin(
    cp,
    {
      name: 'cap/cp-claimed-available',
      claims: cp.claims.map((claim) => ({ ...claim, available: 'total' })),
      flaw: {
        says: 'what keeps to one copy is claimed to answer everywhere: the minority is refused',
        anomaly: 'unavailable',
        at: "{ ...claim, available: 'total' }",
      },
    },
    {},
  ),
];
