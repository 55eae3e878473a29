/**
 * A register on Paxos: every read, write and compare-and-set is a command, and the nodes agree on one log of them,
 * slot by slot. Any node may propose, and two that do so at once outbid each other after waits of random length;
 * so whose proposal was chosen last is asked first, who needs no promises any more. Nothing depends on that but time.
 *
 * @see Lamport, "The Part-Time Parliament", ACM TOCS 1998; "Paxos Made Simple", ACM SIGACT News 2001.
 *
 * Claims linearizable reads, writes and compare-and-sets under partition, crash, pause, bad links and skewed
 * clocks, available to a majority. No two values are ever chosen for a slot, which is an invariant here;
 * that one is chosen at all needs proposers that leave each other time (Fischer, Lynch & Paterson, JACM 1985).
 */
import type { Register, Value } from 'elle-ts';
import { agreement, type Decided, SOUND_SYNOD, stateMachine } from '../blocks/state-machine.ts';
import type { SynodOptions } from '../blocks/synod.ts';
import { type Node, Refused } from '../node.ts';
import type { Claim, Design } from '../system.ts';

type Command =
  | { readonly f: 'read'; readonly key: string }
  | { readonly f: 'write'; readonly key: string; readonly value: Value }
  | { readonly f: 'cas'; readonly key: string; readonly old: Value; readonly value: Value };

async function start(node: Node, options: SynodOptions) {
  const registers = new Map<string, Value>();
  const machine = await stateMachine<Command, Value>(node, options, (command) => {
    const before = registers.get(command.key) ?? null;
    if (command.f === 'read') return before;
    if (command.f === 'cas' && before !== command.old) throw new Refused('mismatch', { answer: true });
    registers.set(command.key, command.value);
    return null;
  });
  return {
    state: machine.decided,
    api: {
      read: (_: null, key = ''): Promise<Value> => machine.submit({ f: 'read', key }),
      async write(value: Value, key = ''): Promise<null> {
        await machine.submit({ f: 'write', key, value });
        return null;
      },
      async cas([old, value]: readonly [Value, Value], key = ''): Promise<null> {
        await machine.submit({ f: 'cas', key, old, value });
        return null;
      },
    },
  };
}

const claim: Claim = {
  model: 'linearizable',
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'majority',
  durable: 'always',
  converges: false,
  recoversMs: 2000,
};

function paxos(name: string, options: Partial<SynodOptions>, flaw?: Design['flaw']): Design<Register, Decided> {
  return {
    name: `paxos/${name}`,
    datatype: 'register',
    claims: [claim],
    ...(flaw ? { flaw } : {}),
    invariants: { agreement },
    start: (node) => start(node, { ...SOUND_SYNOD, ...options }),
  };
}

export const paxosRegisters: readonly Design<Register, Decided>[] = [
  paxos('sound', {}),
  paxos(
    'forgetful-acceptor',
    { durable: 'nothing' },
    {
      says: 'an acceptor that starts again has forgotten its promises and its votes',
      anomaly: 'agreement',
      at: 'if (durable) await node.disk.write(`vote/',
      in: 'blocks/synod.ts',
    },
  ),
  paxos(
    'forgotten-promises',
    { durable: 'votes' },
    {
      says: 'an acceptor that starts again has forgotten its promises, and only these',
      anomaly: 'agreement',
      at: "if (keepsPromises) await node.disk.write('promised', ballot);",
      in: 'blocks/synod.ts',
    },
  ),
  paxos(
    'ignores-accepted',
    { adopts: 'none' },
    {
      says: 'a proposer proposes its own value, whatever a majority has voted for already',
      anomaly: 'agreement',
      at: "if (adopts === 'none' || votes.length === 0) return own;",
      in: 'blocks/synod.ts',
    },
  ),
  paxos(
    'any-accepted',
    { adopts: 'first' },
    {
      says: 'a proposer takes over some value voted for, and not that of the highest ballot',
      anomaly: 'agreement',
      at: "if (adopts === 'first') return votes[0]!.value;",
      in: 'blocks/synod.ts',
    },
  ),
];
