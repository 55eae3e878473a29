import { logUniform } from '../setting/random.ts';
import { aimedAtNodes } from './aimed.ts';
import { aim, pick, problemsOfTargets, signed } from './common.ts';
import { isNumber, isTargets, isWord } from './fields.ts';
import type { Interval, Targets } from './interval.ts';
import type { FaultMeaning, NamedFault } from './meaning.ts';

/**
 * Wall clocks jump by `byMs` (step), jump there and back every
 * `periodMs` (strobe), or both clocks run `rate` times as fast (drift).
 */
export interface ClockFault extends Interval {
  readonly kind: 'clock';
  readonly targets: Targets;
  readonly how: 'step' | 'strobe' | 'drift';
  readonly byMs: number;
  readonly periodMs?: number;
  readonly rate?: number;
}

function wrong(how: ClockFault['how'], says: string): NamedFault<ClockFault> {
  return {
    says,
    draw(draw, scene) {
      const byMs = Math.round((draw() < 0.5 ? -1 : 1) * logUniform(draw(), 20, 5000));
      const common = { kind: 'clock', targets: aim(draw, scene), how } as const;
      if (how === 'drift') return { ...common, byMs: 0, rate: pick(draw, [0.4, 0.8, 1.25, 2.5]) };
      return how === 'strobe'
        ? { ...common, byMs, periodMs: Math.round(logUniform(draw(), 10, 400)) }
        : { ...common, byMs };
    },
  };
}

/** How a clock is wrong: `steps +200 ms`. */
function clockText({ how, byMs, periodMs, rate }: ClockFault): string {
  if (how === 'drift') return `runs ${rate ?? 1} times as fast`;
  const by = `${signed(byMs)} ms`;
  return how === 'step' ? `steps ${by}` : `jumps ${by} and back every ${periodMs ?? '?'} ms`;
}

/** Clocks jump, jump there and back, or run at another rate. */
export const clock: FaultMeaning<ClockFault> = {
  ...aimedAtNodes,
  kind: 'clock',
  drawnAs: 'clock',
  names: {
    step: wrong('step', 'wall clocks jump'),
    strobe: wrong('strobe', 'wall clocks jump there and back'),
    drift: wrong('drift', 'clocks run too fast or too slow'),
  },
  fields: { targets: isTargets, how: isWord, byMs: isNumber },
  covers: () => ['clock'],
  problems(fault) {
    const { how, byMs, rate } = fault;
    const problems = [...problemsOfTargets(fault)];
    if (how === 'drift' && !((rate ?? 0) > 0 && rate !== 1)) problems.push('a drift needs a rate above 0 other than 1');
    if (how !== 'drift' && byMs === 0) problems.push('it moves the clock by 0 ms');
    return problems;
  },
  words: (fault, hit) => `clock of ${hit} ${clockText(fault)}`,
  nodeWords(fault, effect, node) {
    const at = effect === 'indeterminate' ? -1 : effect.targets.indexOf(node);
    const offset = effect === 'indeterminate' ? undefined : effect.offsetMs?.[at];
    return offset === undefined ? `clock ${clockText(fault)}` : `clock ${signed(offset)} ms`;
  },
  // A drift has moved nothing yet when it begins, and a strobe may stand at either side when it ends.
  hadEffect: (begun, ended) =>
    [...(begun.offsetMs ?? []), ...(ended.offsetMs ?? [])].some((offset) => Math.abs(offset) >= 1),
  hindersNodes: true,
};
