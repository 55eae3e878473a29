/** How a datatype's row in the registry makes its checkers. */
import { type Checker, worst } from '../checker.ts';
import type { Api, History } from '../history.ts';
import { sequentialObjects } from '../interleaving/sequential.ts';
import { verifyInterleaving } from '../interleaving/verify.ts';
import type { Linearization } from '../linearizable/certificate.ts';
import { linearizable } from '../linearizable/linearizable.ts';
import { verifyLinearization } from '../linearizable/verify.ts';
import type { Model } from '../model.ts';
import type { Register } from '../models/register.ts';
import type { MonitorOptions } from '../monitors/monitor.ts';
import type { RegisterOptions } from '../sessions/registers.ts';
import type { CheckerOf } from './datatype.ts';

/** Linearizability of any model, by zones or search. Certificates are verified before they are shown. */
export function general<A extends Api, S>(model: Model<A, S>): CheckerOf {
  return (assumptions) => {
    const { initial, budget, certificate } = assumptions;
    const checker = linearizable(model, {
      ...(initial === undefined ? {} : { initial }),
      ...(budget === undefined ? {} : { maxSteps: budget }),
      ...(certificate ? { certificate } : {}),
    });
    return certificate ? verified(anyApi(checker), model, initial) : anyApi(checker);
  };
}

/**
 * Linearizability by a monitor, which is fast and has the general search decide what its theorem
 * does not cover; where the initial value is not the one that it knows, by the general search.
 */
export function monitored<A extends Api, B extends Api, S>(
  monitor: (options: MonitorOptions) => Checker<A>,
  model: Model<B, S>,
): CheckerOf {
  return (assumptions) => {
    const { initial, budget, certificate } = assumptions;
    if (initial !== undefined) return general(model)(assumptions);
    const fast = monitor({
      ...(certificate === undefined ? {} : { certificate }),
      ...(budget === undefined ? {} : { maxSteps: budget }),
    });
    const checker: Checker = { ...anyApi(fast), name: 'linearizable' };
    return certificate ? verified(checker, model, undefined) : checker;
  };
}

/**
 * The longest history for which an order is searched that keeps the
 * order of each process alone, and the steps that the search may take.
 */
const LONGEST = 20_000;
const SEARCH = { maxSteps: 500_000, maxBytes: 500_000_000 };

/**
 * Sequential consistency of any model, bounded: on all objects together, by a search
 * that may have to look at very many orders, so that a long history or one of many
 * processes may be `unknown`. Certificates are replayed before they are shown.
 */
export function interleaved<A extends Api, S>(model: Model<A, S>): CheckerOf {
  return ({ initial, budget, certificate }) => ({
    name: 'sequential',
    check(history) {
      if (history.length > LONGEST)
        return {
          type: 'unknown',
          reason: `sequential consistency is searched for up to ${LONGEST} operations, and these are ${history.length}; judge a part of the history`,
        };
      const checker = sequentialObjects(model, {
        ...SEARCH,
        ...(initial === undefined ? {} : { initial }),
        ...(budget === undefined ? {} : { maxSteps: budget }),
        ...(certificate ? { certificate } : {}),
      });
      const verdict = checker.check(history as unknown as History<A>);
      if (verdict.type !== 'valid' || verdict.certificate === undefined) return verdict;
      const order = verdict.certificate as readonly number[];
      const wrong = verifyInterleaving(history as unknown as History<A>, model, order, initial ?? model.init);
      if (wrong === undefined) return verdict;
      return { type: 'unknown', reason: `it was found to be sequential, but the proof does not hold: ${wrong}` };
    },
  });
}

/**
 * The checker, whose proofs of `valid` are replayed by themselves
 * before they are shown; one that does not hold proves nothing.
 */
function verified<A extends Api, S>(checker: Checker, model: Model<A, S>, initial: unknown): Checker {
  return {
    name: checker.name,
    check(history) {
      const verdict = checker.check(history);
      if (verdict.type !== 'valid' || verdict.certificate === undefined) return verdict;
      const proof = verdict.certificate as Linearization;
      const wrong = verifyLinearization(history as unknown as History<A>, model, proof, initial ?? model.init);
      if (wrong === undefined) return { type: 'valid', certificate: proof };
      return { type: 'unknown', reason: `it was found to be ${checker.name}, but the proof does not hold: ${wrong}` };
    },
  };
}

/** A model of sessions of registers. Its certificates are verified. */
export function session(make: (options: RegisterOptions) => Checker<Register>): CheckerOf {
  return ({ initial, certificate }) =>
    anyApi(make({ ...(initial === undefined ? {} : { initial }), ...(certificate ? { certificate } : {}) }));
}

/** A property of the datatype's own, which needs no assumptions. */
export function own<A extends Api>(make: () => Checker<A>): CheckerOf {
  return () => anyApi(make());
}

/** All of several properties. */
export function all(name: string, ...checkers: readonly Checker[]): Checker {
  return { name, check: (history) => worst(checkers.map((checker) => checker.check(history))) };
}

/**
 * Checkers are typed by their functions; which functions a
 * history has is known only when it is read, and checked before.
 */
export function anyApi<A extends Api>(checker: Checker<A>): Checker {
  return checker as unknown as Checker;
}
