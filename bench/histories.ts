/**
 * Histories for measurements, drawn from a seed: registers with
 * unique values, as a system that answers well would leave them.
 */
import { completionLine, invocationLine, type Outcome } from 'elle-ts';

/** A small generator of numbers in [0, 1) (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

interface Open {
  readonly process: number;
  readonly f: 'read' | 'write';
  readonly key: string;
  readonly input: number | null;
}

/**
 * The lines of a linearizable history: reads and writes by many processes over some keys, some of them never answered.
 */
export function* registerLines(
  operations: number,
  processes: number,
  keys: number,
  infoRate: number,
): Generator<string> {
  const random = randomOf(7);
  const below = (limit: number): number => Math.floor(random() * limit);
  const state = new Map<string, number>();
  const open: Open[] = [];
  const idle = Array.from({ length: processes }, (_, process) => process);
  let next = processes;
  let index = 0;
  for (let begun = 0; begun < operations || open.length > 0; index++) {
    if (begun < operations && open.length < processes && (open.length === 0 || random() < 0.5)) {
      const process = idle.splice(below(idle.length), 1)[0] as number;
      const write = random() < 0.5;
      const call: Open = {
        process,
        f: write ? 'write' : 'read',
        key: `k${below(keys)}`,
        input: write ? ++begun : null,
      };
      if (!write) begun++;
      open.push(call);
      yield invocationLine(index, index * 1000, process, call);
      continue;
    }
    const call = open.splice(below(open.length), 1)[0] as Open;
    const lost = random() < infoRate;
    yield completionLine(index, index * 1000, call.process, call, applied(call, state, lost, lost && random() < 0.5));
    idle.push(lost ? next++ : call.process);
  }
}

/** Carries out an operation at the moment of its completion, which some lost ones do not live to see. */
function applied(call: Open, state: Map<string, number>, lost: boolean, inVain: boolean): Outcome<unknown> {
  if (call.f === 'write' && !inVain) state.set(call.key, call.input as number);
  if (lost) return { type: 'info', error: 'timeout' };
  return { type: 'ok', output: call.f === 'write' ? null : (state.get(call.key) ?? null) };
}
