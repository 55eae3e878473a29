/**
 * Availability rather than consistency: every node answers from its own copy, alone if it must, and what the sides
 * of a partition wrote is reconciled once they hear of each other again. It is the register whose last writer wins.
 *
 * @see Gilbert & Lynch, "Brewer's Conjecture and the Feasibility of
 * Consistent, Available, Partition-Tolerant Web Services", SIGACT News 2002.
 *
 * Claims replicas that converge and each key causally consistent for clients that stay with
 * their node, under partition, crash, pause, bad links and skewed clocks, available everywhere.
 */
import { lastWriterWins } from '../conflict-resolution/lww.ts';

export const apSystems: readonly ReturnType<typeof lastWriterWins>[] = [
  lastWriterWins('cap/ap', {}),
  lastWriterWins(
    'cap/one-side-wins',
    { oneSide: true },
    {
      says: 'after a partition one side takes over what the other has and forgets its own',
      anomaly: 'causally-stale-read',
      at: 'const replace = options.oneSide && cutOff;',
      in: 'conflict-resolution/lww.ts',
    },
  ),
  lastWriterWins(
    'cap/no-reconciliation',
    { noAntiEntropy: true },
    {
      says: 'what a partition kept from the other side is never sent again',
      anomaly: 'divergence',
      at: 'if (!options.noAntiEntropy) void antiEntropy(node, GOSSIP_MS, own, merge);',
      in: 'conflict-resolution/lww.ts',
    },
  ),
  lastWriterWins(
    'cap/ap-claimed-consistent',
    {},
    {
      says: 'what answers everywhere is claimed to be one copy: the sides of a partition differ',
      anomaly: 'stale-read',
      at: "model: 'linearizable'",
      in: 'cap/ap.ts',
    },
    [
      {
        model: 'linearizable',
        under: ['partition'],
        available: 'total',
        durable: 'no',
        converges: true,
        recoversMs: 1000,
      },
    ],
  ),
];
