import { services as known } from '../../systems/services/registry.ts';
import { logUniform } from '../setting/random.ts';
import { aimedAtNodes } from './aimed.ts';
import { aim, problemsOfTargets } from './common.ts';
import { isList, isNumber, isTargets } from './fields.ts';
import type { Interval, Targets } from './interval.ts';
import type { FaultMeaning } from './meaning.ts';

/**
 * Between the targets and the services that programs may ask, messages are lost
 * in both directions, or late by `delayMs`. Nodes reach each other as before.
 */
export interface ServicesFault extends Interval {
  readonly kind: 'services';
  readonly targets: Targets;
  /** The addresses of the services. */
  readonly services: readonly string[];
  /** 0 where they are cut off. */
  readonly delayMs: number;
}

const ALL = Object.keys(known);

/** Nodes and the services beside them do not reach each other, or late. */
export const services: FaultMeaning<ServicesFault> = {
  ...aimedAtNodes,
  kind: 'services',
  drawnAs: 'links',
  names: {
    'service-partition': {
      says: 'nodes that no service hears or answers',
      draw: (draw, scene) => ({ kind: 'services', targets: aim(draw, scene), services: ALL, delayMs: 0 }),
    },
    'service-slow': {
      says: 'services that hear and answer late',
      draw: (draw, scene) => {
        const targets = aim(draw, scene);
        return { kind: 'services', targets, services: ALL, delayMs: Math.round(logUniform(draw(), 5, 200)) };
      },
    },
  },
  fields: { targets: isTargets, services: isList, delayMs: isNumber },
  covers: () => ['services'],
  resolved: (fault, targets) => ({ ...fault, targets }),
  problems: (fault) => [
    ...problemsOfTargets(fault),
    ...(fault.services.length === 0 ? ['it names no service'] : []),
    ...(fault.delayMs >= 0 ? [] : ['delays are not negative']),
  ],
  words: ({ delayMs }, hit) => (delayMs === 0 ? `services | ${hit}` : `services ${delayMs} ms late for ${hit}`),
  nodeWords: ({ delayMs }) => (delayMs === 0 ? 'without services' : 'slow services'),
  hadEffect: (_, ended) => (ended.cut ?? 0) + (ended.touched ?? 0) > 0,
  // Who is to answer by what a service says cannot.
  hindersNodes: true,
};

/** Whether a message between these addresses is one that the fault is about: its targets are known once it begins. */
export function isAsked({ targets, services }: ServicesFault, from: string, to: string): boolean {
  return (services.includes(from) && targets.includes(to)) || (services.includes(to) && targets.includes(from));
}
