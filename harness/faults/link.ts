import type { NodeId } from '../../systems/node.ts';
import { logUniform } from '../setting/random.ts';
import { hitAndOthers, isNoShare } from './common.ts';
import { isList, isNumber } from './fields.ts';
import type { Interval } from './interval.ts';
import type { FaultMeaning, NamedFault } from './meaning.ts';

/**
 * Links among these nodes lose and double messages with these
 * chances, and delay each by `delayMs` and up to `jitterMs` more.
 */
export interface LinkFault extends Interval {
  readonly kind: 'link';
  readonly among: readonly NodeId[];
  readonly drop: number;
  readonly duplicate: number;
  readonly delayMs: number;
  readonly jitterMs: number;
}

type Effects = Partial<Pick<LinkFault, 'drop' | 'duplicate' | 'delayMs' | 'jitterMs'>>;

function bad(says: string, effects: (draw: () => number) => Effects): NamedFault<LinkFault> {
  const sound = { drop: 0, duplicate: 0, delayMs: 0, jitterMs: 0 };
  return { says, draw: (draw, { nodes }) => ({ kind: 'link', among: nodes, ...sound, ...effects(draw) }) };
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}

function linkText({ drop, duplicate, delayMs, jitterMs }: LinkFault): string {
  const parts = [
    drop > 0 && `${percent(drop)} lost`,
    duplicate > 0 && `${percent(duplicate)} duplicated`,
    delayMs > 0 && `${delayMs} ms late`,
    jitterMs > 0 && `up to ${jitterMs} ms jitter`,
  ];
  return parts.filter(Boolean).join(', ') || 'as usual';
}

/** Messages are lost, doubled or late. */
export const link: FaultMeaning<LinkFault> = {
  kind: 'link',
  drawnAs: 'links',
  names: {
    loss: bad('messages lost', (draw) => ({ drop: 0.05 + 0.4 * draw() })),
    duplication: bad('messages duplicated', (draw) => ({ duplicate: 0.1 + 0.5 * draw() })),
    delay: bad('messages late', (draw) => ({ delayMs: Math.round(logUniform(draw(), 5, 200)) })),
    reordering: bad('messages late by very different times', (draw) => ({
      jitterMs: Math.round(logUniform(draw(), 20, 600)),
      duplicate: 0.1 * draw(),
    })),
  },
  fields: { among: isList, drop: isNumber, duplicate: isNumber, delayMs: isNumber, jitterMs: isNumber },
  covers: () => ['link'],
  targets: ({ among }) => among,
  withoutNode: (fault, node) => ({ ...fault, among: fault.among.filter((other) => other !== node) }),
  shortestMs: ({ shortestMs }) => shortestMs,
  problems: ({ among, drop, duplicate, delayMs, jitterMs }) => [
    ...(among.length < 2 ? ['a link has two ends'] : []),
    ...(isNoShare(drop) || isNoShare(duplicate) ? ['drop and duplicate are chances from 0 to 1'] : []),
    ...(delayMs >= 0 && jitterMs >= 0 ? [] : ['delays are not negative']),
    ...(drop + duplicate + delayMs + jitterMs === 0 ? ['it does nothing'] : []),
  ],
  words: (fault, hit) => `bad links ${hit}: ${linkText(fault)}`,
  nodeWords: () => 'bad links',
  *simpler(fault) {
    for (const effect of ['duplicate', 'drop', 'jitterMs', 'delayMs'] as const)
      if (fault[effect] !== 0) yield { ...fault, [effect]: 0 };
  },
  hadEffect: (_, ended) => (ended.cut ?? 0) + (ended.touched ?? 0) > 0,
  hindersNodes: false,
  sides: (_, hit, nodes) => hitAndOthers(hit, nodes),
};
