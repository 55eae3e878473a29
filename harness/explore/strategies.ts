/**
 * Ways to draw the next run of a search. None wins everywhere - sparse runs find failovers, dense
 * ones races, heavy tails what counts twice - so the default is a portfolio that takes them in turn.
 */
import { BadInput } from '../failure.ts';
import { unknownName } from '../setting/suggestions.ts';
import { exhaustive } from './exhaustive.ts';
import { novelty } from './novelty.ts';
import { drawPlanned, EVERY, type Shape, type Strategy } from './strategy.ts';

function shaped(name: string, says: string, shape: Shape): Strategy {
  return { name, says, draw: (seed, system, workload, learnt) => drawPlanned(shape, seed, system, workload, learnt) };
}

const BY_CHANCE: readonly Strategy[] = [
  shaped('uniform', 'few calls spread over seconds, every kind of fault', {
    durationMs: [3000, 3000],
    calls: [30, 30],
    clients: [5, 5],
    keys: 2,
    nodes: [3],
    faults: EVERY,
    chance: 1,
  }),
  shaped('swarm', 'each run draws its own size and which kinds of fault exist at all', {
    durationMs: [300, 4000],
    calls: [8, 60],
    clients: [2, 8],
    keys: 3,
    nodes: [3, 3, 5],
    faults: EVERY,
    chance: 0.5,
  }),
  shaped('dense', 'many calls at once on one key, short faults', {
    durationMs: [60, 600],
    calls: [20, 50],
    clients: [4, 10],
    keys: 1,
    nodes: [3, 3, 5],
    faults: EVERY,
    chance: 0.35,
  }),
  shaped('tails', 'duplicated and very late messages all through a dense run', {
    durationMs: [100, 1000],
    calls: [15, 40],
    clients: [4, 8],
    keys: 1,
    nodes: [3, 5],
    faults: EVERY,
    chance: 0.3,
    tails: true,
  }),
  shaped('triggers', 'faults that begin when some message is sent', {
    durationMs: [300, 2000],
    calls: [10, 40],
    clients: [3, 6],
    keys: 2,
    nodes: [3, 5],
    faults: EVERY,
    chance: 0.5,
    triggered: true,
  }),
];

/** The default: the strategies that draw by chance alone, in turn. */
export const PORTFOLIO: Strategy = {
  name: 'portfolio',
  says: `${BY_CHANCE.map(({ name }) => name).join(', ')} in turn`,
  draw: (seed, system, workload, learnt) => BY_CHANCE[seed % BY_CHANCE.length]!.draw(seed, system, workload, learnt),
};

export const STRATEGIES: readonly Strategy[] = [PORTFOLIO, ...BY_CHANCE, novelty, exhaustive];

/**
 * The strategy of this name. Throws `BadInput` where there is none:
 * another would be searched with, and reported, in its place.
 */
export function strategyNamed(name: string): Strategy {
  const strategy = STRATEGIES.find((one) => one.name === name);
  if (strategy) return strategy;
  const names = STRATEGIES.map((one) => one.name);
  throw new BadInput(unknownName('strategy', name, names));
}
