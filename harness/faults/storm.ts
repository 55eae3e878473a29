/** Many faults at once: what exploration draws, whose runs are short and whose bugs want everything to happen. */
import type { Draw } from '../../workloads/workload.ts';
import { logUniform } from '../setting/random.ts';
import { NAMED } from './draw.ts';
import type { Fault } from './fault.ts';
import type { NamedFault, Scene } from './meaning.ts';
import { meaningOf } from './meanings.ts';
import type { Rhythm } from './rhythm.ts';

/**
 * Draws one or two faults of each name in every round, of which a run has as many as its
 * length gives it, wherever they fall within the first nine tenths of the round.
 */
export function drawStorm(
  draw: Draw,
  names: readonly string[],
  scene: Scene,
  { everyMs, forMs: [leastMs, mostMs] }: Rhythm,
  own: Readonly<Record<string, NamedFault>> = {},
): readonly Fault[] {
  const rounds = Math.max(1, Math.round(scene.durationMs / everyMs));
  const durationMs = scene.durationMs / rounds;
  const within: Scene = { ...scene, durationMs, shortestMs: leastMs };
  const faults: Fault[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const next = () => draw(round === 0 ? `fault ${name}` : `fault ${name} in round ${round}`);
      const count = next() < 0.5 ? 1 : 2;
      for (let i = 0; i < count; i++) {
        const sort = (own[name] ?? NAMED[name]!).draw(next, within) as Fault;
        const shortest = meaningOf(sort).shortestMs(within);
        const length = Math.round(logUniform(next(), Math.max(1, shortest), Math.max(2, mostMs)));
        const fromMs = Math.max(0, Math.round(round * durationMs + next() * (durationMs * 0.9 - length)));
        faults.push({ ...{ id: faults.length + 1, fromMs, toMs: fromMs + length }, ...sort });
      }
    }
  }
  return faults;
}
