/**
 * A process in a network namespace of its own, from which no route leads out: it makes one more for each node, joins
 * them by a bridge, and filters what passes there with nftables. The harness sends it listening sockets of 127.0.0.1,
 * which it made outside: what connects there is led on from here, in the place of a node's clients. Namespaces, bridge
 * and rules are gone with it and the processes in them; it ends when the harness does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import {
  addressOfClients,
  addressOfNode,
  type Counted,
  HUB,
  type LabReply,
  type LabRequest,
  type Pair,
  type Rules,
} from './lab-protocol.ts';

const TABLE = 'bridge splitbrain';
/** What is doubled is so where it comes in from its node, and the copy goes out at once to the other. */
const DOUBLING = 'netdev splitbrain';

process.on('disconnect', () => process.exit(0));
process.on('message', (request: LabRequest, server?: Server) => {
  if (request.f === 'relay') return relay(server!, request);
  void answer(request).then(
    (value) => reply({ id: request.id, value }),
    (error: Error) => reply({ id: request.id, error: error.message }),
  );
});

function reply(message: LabReply): void {
  process.send?.(message);
}

/** Rules that were asked for first are put in place first. */
let last: Promise<unknown> = Promise.resolve();

function answer(request: Exclude<LabRequest, { f: 'relay' }>): Promise<unknown> {
  const next = last.then((): Promise<unknown> => {
    if (request.f === 'make') return make(request.nodes);
    return request.f === 'rule' ? rule(request.rules) : counted();
  });
  last = next.catch(() => {});
  return next;
}

/** Namespaces for so many nodes. Resolves to a process in each, which ends with this one. */
async function make(nodes: number): Promise<readonly number[]> {
  const places = Array.from({ length: nodes }, (_, i) => i);
  const holders = await Promise.all(places.map(() => holder()));
  const pids = holders.map(({ pid }) => pid!);
  await run(
    'ip',
    ['-batch', '-'],
    [
      'link set lo up',
      'link add splitbrain type bridge',
      `addr add ${HUB}/16 dev splitbrain`,
      ...places.map((i) => `addr add ${addressOfClients(i)}/16 dev splitbrain`),
      'link set splitbrain up',
      ...places.flatMap((i) => [
        `link add v${i} type veth peer name eth0 netns ${pids[i]}`,
        `link set v${i} master splitbrain up`,
      ]),
    ],
  );
  const within = (i: number) => [...['link set lo up', `addr add ${addressOfNode(i)}/16 dev eth0`, 'link set eth0 up']];
  await Promise.all([
    ...places.map((i) => run('nsenter', ['-t', String(pids[i]), '-n', 'ip', '-batch', '-'], within(i))),
    run('nft', ['-f', '-'], table(places)),
  ]);
  return pids;
}

/** A process in a network namespace of its own, which ends when this one does. */
async function holder(): Promise<ChildProcess> {
  const child = spawn('unshare', ['-n', 'sh', '-c', 'echo; exec cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
  await Promise.race([
    once(child.stdout!, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('unshare failed'))),
  ]);
  return child;
}

/** Everything passes by one of three hooks: between nodes, and to and from what stands here for their clients. */
function table(places: readonly number[]): readonly string[] {
  const pairs = places.flatMap((a) => places.filter((b) => b !== a).flatMap((b) => waysOf([a, b])));
  const hooks = ['forward', 'input', 'output'];
  const passed = pairs.length > 0 ? [`elements = { ${pairs.join(', ')} }`] : [];
  return [
    `table ${TABLE} {`,
    'set cut { type ipv4_addr . ipv4_addr; counter; }',
    `set passed { type ipv4_addr . ipv4_addr; counter; ${passed.join('')} }`,
    'chain lossy { }',
    'chain links { ip saddr . ip daddr @cut drop; jump lossy; ip saddr . ip daddr @passed accept; }',
    ...hooks.map((hook) => `chain ${hook} { type filter hook ${hook} priority 0; policy accept; jump links; }`),
    '}',
    `table ${DOUBLING} {`,
    ...places.map((i) => `chain from${i} { type filter hook ingress device "v${i}" priority 0; policy accept; }`),
    '}',
  ];
}

/** From one node to another: what it sends itself, what its clients send, and what goes back to the other's. */
function waysOf([from, to]: Pair): readonly string[] {
  return [
    `${addressOfNode(from)} . ${addressOfNode(to)}`,
    `${addressOfClients(from)} . ${addressOfNode(to)}`,
    `${addressOfNode(from)} . ${addressOfClients(to)}`,
  ];
}

/** Of so many packets at random. */
const atRandom = (share: number) => `numgen random mod 10000 < ${Math.round(share * 10_000)}`;

/** The nodes from which something was doubled by the rules in place. */
let doublers: readonly number[] = [];

/** What is lost and doubled from now on, in one transaction. */
async function rule({ cut, lossy, doubled }: Rules): Promise<void> {
  const cuts = cut.flatMap(waysOf);
  const before = doublers;
  doublers = [...new Set(doubled.flatMap(({ pairs }) => pairs.map(([from]) => from)))];
  await run(
    'nft',
    ['-f', '-'],
    [
      `flush set ${TABLE} cut`,
      ...(cuts.length > 0 ? [`add element ${TABLE} cut { ${cuts.join(', ')} }`] : []),
      `flush chain ${TABLE} lossy`,
      ...lossy.flatMap(({ id, pairs, share }) => [
        `add counter ${TABLE} lost${id}`,
        `add rule ${TABLE} lossy ip saddr . ip daddr { ${pairs.flatMap(waysOf).join(', ')} } ${atRandom(share)} counter name lost${id} drop`,
      ]),
      ...before.map((from) => `flush chain ${DOUBLING} from${from}`),
      ...doubled.flatMap(({ id, pairs, share }) => [
        `add counter ${DOUBLING} more${id}`,
        ...pairs.map(([from, to]) =>
          [
            `add rule ${DOUBLING} from${from} ip saddr ${addressOfNode(from)} ip daddr ${addressOfNode(to)}`,
            `${atRandom(share)} counter name more${id} dup to "v${to}"`,
          ].join(' '),
        ),
      ]),
    ],
  );
}

interface Listed {
  readonly nftables: readonly {
    readonly set?: { readonly name: string; readonly elem?: readonly Element[] };
    readonly counter?: { readonly name: string; readonly packets: number };
  }[];
}

interface Element {
  readonly elem: { readonly val: { readonly concat: Pair<string> }; readonly counter: Omit<Counted, 'way'> };
}

/** What was counted so far; of cuts since the rules of the moment are in place. */
async function counted() {
  const listed = async (table: string) =>
    (JSON.parse(await run('nft', ['-j', 'list', 'table', ...table.split(' ')])) as Listed).nftables;
  const nftables = await listed(TABLE);
  const both = doublers.length > 0 ? [...nftables, ...(await listed(DOUBLING))] : nftables;
  const of = (wanted: string): readonly Counted[] =>
    (nftables.find(({ set }) => set?.name === wanted)?.set?.elem ?? []).map(({ elem: { val, counter } }) => ({
      ...{ way: val.concat.map(placeOf) as unknown as Pair },
      ...{ packets: counter.packets, bytes: counter.bytes },
    }));
  const touched = both.flatMap(({ counter }) =>
    counter ? [[Number(counter.name.slice(4)), counter.packets] as const] : [],
  );
  return { cut: of('cut'), passed: of('passed'), touched };
}

/** The node that an address is on the side of. */
const placeOf = (address: string) => Number(address.split('.').at(-1)) - 1;

/** Leads on what connects to the socket, from the place of one node's clients to another node's port. */
function relay(
  server: Server,
  { from, to, port }: { readonly from: number; readonly to: number; readonly port: number },
): void {
  server.on('connection', (near: Socket) => {
    const far = connect({
      host: addressOfNode(to),
      port,
      localAddress: addressOfClients(from),
      noDelay: true,
      allowHalfOpen: true,
    });
    near.setNoDelay(true);
    near.pipe(far).pipe(near);
    // Whoever is refused learns it as if nothing stood between.
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.resetAndDestroy()).on('close', () => near.destroy());
  });
}

function run(program: string, args: readonly string[], lines: readonly string[] = []): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let [told, wrong] = ['', ''];
    child.stdout.on('data', (data) => (told += data));
    child.stderr.on('data', (data) => (wrong += data));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(told) : reject(new Error(`${program}: ${wrong.trim() || `exit code ${code}`}`)),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(`${lines.join('\n')}\n`);
  });
}
