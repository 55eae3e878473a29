/** Two-phase locking without its second phase. */
import { twin } from '../twin.ts';
import { type TwoPhaseLocking, twoPhaseLocking } from './sound.ts';

const { keeper } = twoPhaseLocking.steps;

export const releasedEarly: TwoPhaseLocking = twin(
  twoPhaseLocking,
  {
    name: 'two-phase-locking/released-early',
    flaw: { says: 'a reader lets go of its lock as soon as it has read', anomaly: 'lost-update' },
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
