/** Registers that transactions read and write, judged as one object by what the transactions depend on. */
import type { Checker, Verdict } from '../checker.ts';
import type { Linearization } from '../linearizable/certificate.ts';
import { analyse } from '../transactions/transactional.ts';
import type { TransactionCertificate } from '../transactions/verify.ts';
import type { Assumptions } from './datatype.ts';

/**
 * Linearizability of the object is strict serializability of its transactions, which is decided in almost linear time
 * where written values are unique; `otherwise` decides the rest: values that repeat, reads that say nothing.
 */
export function strictly(assumptions: Assumptions, otherwise: Checker): Checker {
  const { initial, certificate, nullReads } = assumptions;
  return {
    name: otherwise.name,
    check(history) {
      if (!history.realTime || nullReads === 'unknown') return otherwise.check(history);
      const options = { ...(initial === undefined ? {} : { initial }), ...(certificate ? { certificate } : {}) };
      const verdict = analyse(history, options).verdict('strict-serializable');
      return verdict.type === 'unknown' ? otherwise.check(history) : linearized(verdict);
    },
  };
}

/** The verdict with its serial order as that of one object. */
function linearized(verdict: Verdict): Verdict {
  if (verdict.type !== 'valid' || verdict.certificate === undefined) return verdict;
  const serial = verdict.certificate as TransactionCertificate;
  if (serial.kind !== 'serial') return { type: 'valid' };
  return { type: 'valid', certificate: { objects: [{ order: serial.order }] } satisfies Linearization };
}
