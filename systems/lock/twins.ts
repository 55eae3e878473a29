/** The lock services with one step wrong. */
import { type Replaced, type Twin, twin } from '../twin.ts';
import { ALL } from './claims.ts';
import { type FencedLocks, type Steps as FencedSteps, fencedLocks } from './fenced.ts';
import { trustingResource } from './guarded.ts';
import { type LamportLocks, type Steps as LamportSteps, lamportClaims, lamportLocks } from './lamport.ts';
import type { LockCommand } from './lock-table.ts';
import { byWallClock } from './wall-clock.ts';

const fenced = (name: string, replaced: Replaced<FencedSteps>, flaw: Twin['flaw']): FencedLocks =>
  twin(fencedLocks, { name: `lock/${name}`, flaw }, replaced);

const { steps } = fencedLocks;
const { table } = steps;

/** A command with a token that the node that was asked gave out, from its memory. */
type WithToken = LockCommand & { readonly token: number };

function tokensByNode(): Partial<FencedSteps> {
  let tokens = 0;
  return {
    submit(command) {
      const given = command.f === 'acquire' ? ({ ...command, token: ++tokens } as WithToken) : command;
      return steps.submit.call(this, given);
    },
    table: { ...table, tokenFor: (command) => (command as unknown as WithToken).token },
  };
}

export const brokenFencedLocks: readonly FencedLocks[] = [
  fenced(
    'no-fencing',
    { openResource: trustingResource },
    {
      says: 'the guarded resource does not look at tokens',
      anomaly: 'stale-fencing-token',
      at: 'openResource: trustingResource',
    },
  ),
  fenced('wall-clock', () => byWallClock(steps), {
    says: 'leases are measured on wall clocks, of which no two agree',
    anomaly: 'mutual-exclusion',
    at: 'return this.node.now() - askedMs.get(key)!;',
  }),
  fenced(
    'release-by-former-holder',
    {
      table: {
        ...table,
        release(command, lease) {
          table.release.call(this, lease ? { ...command, token: lease.token } : command, lease);
        },
      },
    },
    {
      says: 'a release takes the lock from the client that holds it by now',
      anomaly: 'mutual-exclusion',
      at: 'lease ? { ...command, token: lease.token } : command',
    },
  ),
  fenced(
    'renewal-after-expiry',
    {
      table: {
        ...table,
        renew(command, lease) {
          if (lease?.token === command.token) table.renew.call(this, command, lease);
        },
      },
    },
    {
      says: 'a lease that is over can be renewed, even where another client holds the lock by now',
      anomaly: 'mutual-exclusion',
      at: 'if (lease?.token === command.token) table.renew.call(this, command, lease);',
    },
  ),
  fenced('tokens-by-node', tokensByNode, {
    says: 'the node that is asked gives out the token, so it may shrink when another takes over',
    anomaly: 'nonmonotonic-token',
    at: 'token: ++tokens',
  }),
  fenced(
    'no-deadlock-detection',
    { table: { ...table, waitsFrom: () => undefined } },
    { says: 'no node looks for cycles among those who wait', anomaly: 'deadlock', at: 'waitsFrom: () => undefined' },
  ),
];

const lamport = (differs: Twin, replaced: Partial<LamportSteps>) =>
  twin(lamportLocks, { ...differs, name: `lock/lamport-${differs.name}` }, replaced);

export const brokenLamportLocks: readonly LamportLocks[] = [
  lamport(
    {
      name: 'bare-links',
      flaw: {
        says: 'messages are sent once, over links that lose and reorder them',
        anomaly: 'no-recovery',
        at: "node.send(to, 'bare', message)",
      },
    },
    {
      connect(node, receive) {
        node.on('bare', receive);
        return { send: (to, message) => node.send(to, 'bare', message) };
      },
    },
  ),
  lamport(
    {
      name: 'unheard',
      flaw: {
        says: 'a node enters once its request is the oldest it knows of, whether or not it has heard from all',
        anomaly: 'mutual-exclusion',
        at: 'return this.isOldest(request);',
        in: 'lock/twins.ts',
      },
    },
    {
      holds(request) {
        return this.isOldest(request);
      },
    },
  ),
  lamport(
    {
      name: 'ties',
      flaw: {
        says: 'of two requests with the same count neither is the older',
        anomaly: 'mutual-exclusion',
        at: 'isBefore: (a, b) => a[0] < b[0]',
      },
    },
    { isBefore: (a, b) => a[0] < b[0] },
  ),
  lamport(
    {
      name: 'claimed-crash-proof',
      claims: lamportClaims(ALL),
      flaw: {
        says: 'a node that starts again knows neither the queue nor where its channels stand',
        anomaly: 'no-recovery',
        at: 'claims: lamportClaims(ALL)',
      },
    },
    {},
  ),
];
