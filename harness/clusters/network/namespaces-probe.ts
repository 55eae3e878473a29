/** Whether this machine lets us make network namespaces, and filter between them: tried once. */
import { spawnSync } from 'node:child_process';

/** In a namespace of its own: what a lab is made of. */
const LAB = 'ip link set lo up && ip link add br0 type bridge && ip link add ve0 type veth peer name ve1 && nft -f -';
const CHAIN = 'chain c { type filter hook forward priority 0;';
const RULES = `table bridge t {
  set s { type ipv4_addr . ipv4_addr; counter; }
  ${CHAIN} ip saddr . ip daddr @s drop; }
}`;
const LOSS = `table bridge t {
  ${CHAIN} numgen random mod 10 < 3 drop; }
}`;

const DOUBLING = `table netdev t {
  chain c { type filter hook ingress device "ve0" priority 0; numgen random mod 10 < 3 dup to "ve1"; }
}`;

/** With root's own rights, or as whoever this is in a user namespace. */
const AS_ROOT = ['unshare'];
const AS_USER = ['unshare', '-U', '--map-current-user', '--keep-caps'];

interface Known {
  readonly command: readonly string[];
  readonly works: true | string;
  readonly loses: true | string;
  readonly doubles: true | string;
}

let known: Known | undefined;

/** True, or why there can be no namespaces and what would help. It takes some 20 ms the first time. */
export function namespacesWork(): true | string {
  return probed().works;
}

/** True, or why packets cannot be lost at random between them. */
export function packetsCanBeLost(): true | string {
  return probed().loses;
}

/** True, or why packets cannot be doubled at random between them. */
export function packetsCanBeDoubled(): true | string {
  return probed().doubles;
}

let delays: string | undefined;

/** Why packets cannot be late between them: it takes what few kernels have, and nothing here does it yet. */
export function whyNoDelay(): string {
  delays ??= probeDelay();
  return delays;
}

function probeDelay(): string {
  const [program = '', ...args] = asUser();
  const adding = ['tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms'];
  const done = spawnSync(program, [...args, '-n', ...adding], { encoding: 'utf8', timeout: 5000 });
  const why = done.stderr?.trim().split('\n')[0] || done.error?.message;
  const has = done.status === 0 ? 'which this kernel has, and which is not used yet' : `which is not here (${why})`;
  return `packets are late between namespaces by tc's netem, ${has}: take --network proxies for delay`;
}

/** The command that begins namespaces here: more than its name where it takes a user namespace. */
export function asUser(): readonly string[] {
  return probed().command;
}

function probed(): Known {
  known ??= probe();
  return known;
}

function probe(): Known {
  if (process.platform !== 'linux') return none('network namespaces exist on Linux only');
  const tries = [...(process.getuid?.() === 0 ? [AS_ROOT] : []), AS_USER].map((command) => ({
    command,
    why: tried(command, RULES),
  }));
  const good = tries.find(({ why }) => why === undefined);
  if (!good) return none(tries.at(-1)!.why!);
  const why = tried(good.command, LOSS);
  const loses = why === undefined || `this kernel's nftables loses no packets at random: ${why}`;
  const whyOnce = tried(good.command, DOUBLING);
  const doubles = whyOnce === undefined || `this kernel's nftables doubles no packets: ${whyOnce}`;
  return { command: good.command, works: true, loses, doubles };
}

function none(why: string): Known {
  const says = `network namespaces need iproute2, nftables, util-linux, and root or user namespaces that are allowed: ${why}`;
  return { command: AS_ROOT, works: says, loses: says, doubles: says };
}

/** Why it does not work; nothing where it does. */
function tried([program, ...args]: readonly string[], rules: string): string | undefined {
  const done = spawnSync(program!, [...args, '-n', 'sh', '-c', LAB], { input: rules, encoding: 'utf8', timeout: 5000 });
  if (done.status === 0) return undefined;
  // What ends at once takes nothing of what it is told: what it says itself is the reason.
  return done.stderr?.trim().split('\n')[0] || done.error?.message || `exit code ${done.status}`;
}
