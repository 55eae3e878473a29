import type { FaultKind } from '../../systems/system.ts';
import type { Fault } from './fault.ts';

/** The kinds that a claim must tolerate to cover this fault: a crash that takes the disk along is a crash and a disk fault. */
export function kindsOf(fault: Fault): readonly FaultKind[] {
  return fault.kind === 'crash' && fault.disk === 'lost' ? ['crash', 'disk'] : [fault.kind];
}

/** All kinds among these faults. */
export function kindsAmong(faults: readonly Fault[]): readonly FaultKind[] {
  return [...new Set(faults.flatMap(kindsOf))].sort();
}
