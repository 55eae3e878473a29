/** What a program is told before anything else: who it is, and who its neighbours are. */
import type { NodeId } from '../../../systems/node.ts';
import { Cause } from '../../node/cause.ts';
import { mix, mixText } from '../../node/identity.ts';
import type { NetworkTime } from '../network/network.ts';
import { starterAddress } from './client-calls.ts';
import { quoted } from './complaints.ts';
import type { Mailbox } from './mailbox.ts';
import type { Body } from './message.ts';
import type { ProgramLife, ProgramNode } from './node.ts';
import { OFFER } from './own-services.ts';

/** How long a program may take to reply to each. */
const START_MS = 10_000;

interface Surroundings {
  readonly nodes: readonly NodeId[];
  readonly time: NetworkTime;
  readonly mailbox: Mailbox;
  /** Who is whose neighbour, where programs are told. */
  readonly topology: Readonly<Record<NodeId, readonly NodeId[]>> | undefined;
  /** Whether it is offered services of its own. */
  readonly offers: boolean;
}

/**
 * Tells a life what it must know, and lets it become ready. `inited` is called between the two messages, and says
 * when the second may be sent. Lives that end meanwhile are never ready, and nobody is told.
 */
export function introduce(
  around: Surroundings,
  node: ProgramNode,
  life: ProgramLife,
  inited: (then: () => void) => void,
): void {
  const { nodes, topology } = around;
  // Every life has message ids of its own.
  const first = 2 * life.number + 1;
  const offered = around.offers ? { splitbrain: OFFER } : {};
  const init = { type: 'init', node_id: node.id, node_ids: nodes, ...offered };
  expectOk(around, node, life, first, init, () =>
    inited(() => {
      if (!topology) life.becomeReady();
      else expectOk(around, node, life, first + 1, { type: 'topology', topology }, () => life.becomeReady());
    }),
  );
}

function expectOk(
  { nodes, time, mailbox }: Surroundings,
  node: ProgramNode,
  life: ProgramLife,
  id: number,
  body: Body & { readonly type: string },
  then: () => void,
): void {
  if (!life.alive) return;
  const { type } = body;
  const src = starterAddress(nodes, node.id);
  const late = () => {
    if (!life.alive) return;
    // A process that is stopped has no chance to reply.
    if (node.isPaused) callOff = time.schedule(START_MS, late);
    else node.fail(life, `did not answer ${type} within ${START_MS / 1000} s`);
  };
  let callOff = time.schedule(START_MS, late);
  mailbox.expect(src, id, {
    type,
    take({ message: { body: reply } }) {
      callOff();
      if (!life.alive) return;
      if (reply.type === `${type}_ok`) then();
      else node.fail(life, `answered ${type} with ${quoted(JSON.stringify(reply))}, and not with ${type}_ok`);
    },
  });
  const cause =
    type === 'init' ? life.birth : new Cause(mix(life.birth.identity, mixText(type)), life.birth.root, node.id);
  node.whenRunning(() => node.tell(life, { src, dest: node.id, body: { ...body, msg_id: id } }, cause, id));
}
