/**
 * Ways to draw the next run of a search. None wins everywhere - sparse runs find failovers, dense
 * ones races, heavy tails what counts twice - so the default is a portfolio that takes them in turn.
 */
import { BadInput } from '../failure.ts';
import { unknownName } from '../setting/suggestions.ts';
import { exhaustive } from './exhaustive.ts';
import { novelty } from './novelty.ts';
import { phases } from './phases.ts';
import { restarts } from './restarts.ts';
import { drawPlanned, EVERY, type Shape, type Strategy } from './strategy.ts';

function shaped(name: string, says: string, shape: Shape): Strategy {
  return { name, says, draw: (seed, system, workload, learnt) => drawPlanned(shape, seed, system, workload, learnt) };
}

/**
 * A bug of depth d shows whenever d messages and faults come in one order, whatever else happens. Here a run is prompt
 * but for a few chains of messages and single ones, and has few faults, most of which begin when a message is sent
 * that is drawn by its kind, then by its place among those of its kind. Of a run of n messages one is held back with a
 * chance near 1/n, and by any factor that counts with 1/4; so an order of d messages is met with a probability of at
 * least about (1/4n)^(d-1) - and by chains, of which there are fewer, much more often - and a fault at the mth message
 * of one of k kinds with about 1/(4km).
 *
 * @see Ozkan, Majumdar, Niksic, Befrouei & Weissenbacher, "Randomized Testing of Distributed Systems with Probabilistic
 *   Guarantees", OOPSLA 2018 (PCTCP): chains of messages have priorities, which change at a few points.
 * @see Ozkan, Majumdar & Oraee, "Trace Aware Random Testing for Distributed Systems", OOPSLA 2019: of messages that
 *   commute none need be drawn, and so rare kinds are drawn as often as frequent ones.
 *
 * By name alone: on designs that forget in a crash and on overlapping changes of members it found nothing that the
 * strategies of the portfolio had not found sooner (bench/README.md).
 */
const pctcp = shaped('pctcp', 'prompt but for a few slow conversations and late messages; few faults, at messages', {
  durationMs: [60, 2500],
  calls: [2, 24],
  clients: [2, 6],
  keys: 2,
  nodes: [3, 3, 3, 4, 5],
  faults: EVERY,
  chance: 0.6,
  triggered: true,
  depth: 5,
  paced: true,
});

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
  phases,
  restarts,
];

/** The default: the strategies that draw by chance alone, in turn. */
export const PORTFOLIO: Strategy = {
  name: 'portfolio',
  says: `${BY_CHANCE.map(({ name }) => name).join(', ')} in turn`,
  draw(seed, system, workload, learnt) {
    const fitting = BY_CHANCE.filter(({ fits }) => fits?.(system) ?? true);
    const turns = fitting.flatMap((strategy) => Array.from({ length: strategy.turns?.(system) ?? 1 }, () => strategy));
    return turns[seed % turns.length]!.draw(seed, system, workload, learnt);
  },
};

export const STRATEGIES: readonly Strategy[] = [PORTFOLIO, ...BY_CHANCE, pctcp, novelty, exhaustive];

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
