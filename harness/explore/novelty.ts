/**
 * Runs near those that showed something new: a run that reached a mark or a state of the nodes that none had reached
 * is kept, and later runs are changes of it. The idea of grey-box fuzzing, with the states of nodes for coverage.
 *
 * @see Meng, Pîrlea, Roychoudhury & Sergey, "Greybox Fuzzing of Distributed Systems", CCS 2023 (Mallory).
 */
import type { System } from '../../systems/system.ts';
import type { Fault } from '../faults/fault.ts';
import { drawsFrom, wholeBelow } from '../setting/random.ts';
import { drawPlanned, EVERY, faultNamesFor, type Learnt, type Shape, type Strategy, stormOf } from './strategy.ts';
import type { Planned } from './trial.ts';

/** What is not a change of an earlier run is drawn like this. */
const SHAPE: Shape = {
  durationMs: [200, 3000],
  calls: [8, 50],
  clients: [2, 8],
  keys: 2,
  nodes: [3, 3, 5],
  faults: EVERY,
  chance: 0.5,
};

/** The share of runs that are changes of earlier ones. */
const CHANGED = 0.7;

export const novelty: Strategy = {
  name: 'novelty',
  says: 'changes of runs that reached marks and node states that no run had reached',
  looksAtStates: true,
  draw(seed, system, workload, learnt) {
    const base = baseOf(seed, learnt);
    return base ? changed(base, seed, system) : drawPlanned(SHAPE, seed, system, workload, learnt);
  },
};

/** One of the runs that showed something new, the late ones more often; none for a part of the runs. */
function baseOf(seed: number, { novel }: Learnt): Planned | undefined {
  const draw = drawsFrom(seed);
  if (novel.length === 0 || draw('changed') >= CHANGED) return undefined;
  return novel[wholeBelow(Math.sqrt(draw('base')), novel.length)];
}

function changed(base: Planned, seed: number, system: System): Planned {
  const draw = drawsFrom(seed);
  let { faults, calls } = base.plan;
  const how = wholeBelow(draw('how'), 4);
  if (how === 0) faults = [...faults, ...moreFaults(base, seed, system)];
  if (how === 1 && faults.length > 0) {
    const out = wholeBelow(draw('which'), faults.length);
    faults = faults.filter((_, i) => i !== out);
  }
  if (how === 2) faults = faults.map((fault) => shifted(fault, (draw('shift') - 0.5) * base.options.durationMs * 0.2));
  if (how === 3) {
    const by = 0.2 + draw('squeeze');
    calls = calls.map((call) => ({ ...call, atMs: Math.floor(call.atMs * by) }));
  }
  // The same delays half of the time: what was new may hang on them.
  const links = draw('links') < 0.5 ? base.plan.links : { ...base.plan.links, seed };
  return { ...base, seed, plan: { calls, faults, links } };
}

function moreFaults(base: Planned, seed: number, system: System): readonly Fault[] {
  const { nodes, options, callTimeoutMs } = base;
  const { durationMs } = options;
  const setting = drawsFrom(seed);
  const names = faultNamesFor({ ...SHAPE, chance: 0.3 }, system, (purpose) => setting(`more ${purpose}`));
  const drawn = stormOf(setting, names, { nodes, durationMs, callTimeoutMs });
  const after = Math.max(0, ...base.plan.faults.map(({ id }) => id));
  return drawn.map((fault) => ({ ...fault, id: fault.id + after }));
}

function shifted(fault: Fault, byMs: number): Fault {
  const fromMs = Math.max(0, Math.round(fault.fromMs + byMs));
  return { ...fault, fromMs, toMs: fromMs + fault.toMs - fault.fromMs };
}
