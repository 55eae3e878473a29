/** Two-phase locking without its second phase, without a lock on what is not there, and forgetful in a crash. */
import { withListRead } from '../blocks/list-read-apart.ts';
import { twin } from '../twin.ts';
import { type TwoPhaseLocking, twoPhaseLocking } from './sound.ts';

const { keeper } = twoPhaseLocking.steps;

export const releasedEarly: TwoPhaseLocking = twin(
  twoPhaseLocking,
  {
    name: 'two-phase-locking/released-early',
    flaw: {
      says: 'a reader lets go of its lock as soon as it has read',
      anomaly: 'lost-update',
      at: 'this.locks.release(request.key, request.owner.txn);',
      in: 'two-phase-locking/twins.ts',
    },
  },
  {
    modeToRead: () => 'shared',
    keeper: {
      ...keeper,
      async lock(request) {
        const granted = await keeper.lock.call(this, request);
        if (request.mode === 'shared') this.locks.release(request.key, request.owner.txn);
        return granted;
      },
    },
  },
);

export const phantoms: TwoPhaseLocking = twin(
  twoPhaseLocking,
  {
    name: 'two-phase-locking/phantoms',
    flaw: {
      says: 'rows are locked and the list of them is not: another may be added that a predicate holds of',
      anomaly: 'G-single',
      at: 'list ??= alone();',
      in: 'blocks/list-read-apart.ts',
    },
  },
  {
    begin() {
      return withListRead(() => twoPhaseLocking.steps.begin.call(this))();
    },
  },
);

export const locksForgotten: TwoPhaseLocking = twin(
  twoPhaseLocking,
  {
    name: 'two-phase-locking/locks-forgotten',
    flaw: {
      says: 'a shard that has started again vouches for locks of its earlier life, which it has forgotten',
      anomaly: 'lost-update',
      at: 'this.resume(txn, work);',
      in: 'two-phase-locking/twins.ts',
    },
  },
  () => {
    /** Those of this life. */
    const released = new Set<string>();
    return {
      keeper: {
        ...keeper,
        prepare(txn, work) {
          if (this.holds.has(txn) || released.has(txn)) return keeper.prepare.call(this, txn, work);
          this.resume(txn, work);
          return Object.keys(work.writes).length === 0 ? 'only read' : 'promised';
        },
        release(txn) {
          released.add(txn);
          keeper.release.call(this, txn);
        },
      },
    };
  },
);
