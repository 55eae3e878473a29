/**
 * A lab of five nodes, tried by datagrams: prints what was seen as JSON. A program of its own, as it runs as root and
 * as a plain user.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ActiveFaults } from '../../../harness/clusters/active-faults.ts';
import { startGuard } from '../../../harness/clusters/children/guard.ts';
import { Namespaces } from '../../../harness/clusters/network/namespaces.ts';
import type { Fault } from '../../../harness/faults/fault.ts';

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
/** Sends a datagram to every other address, five times in ten ms, and counts what comes from each. */
const NODE = `
  const [own, file, ...others] = process.argv.slice(1);
  const heard = {};
  const socket = require('dgram').createSocket('udp4').bind(7000, own);
  socket.on('message', (_, { address }) => { heard[address] = (heard[address] ?? 0) + 1; }).on('error', () => {});
  setInterval(() => { for (const other of others) for (let i = 0; i < 5; i++) socket.send('.', 7000, other, () => {}); }, 10);
  setInterval(() => { require('fs').writeFileSync(file + '.new', JSON.stringify(heard)); require('fs').renameSync(file + '.new', file); }, 20);
`;
/** Tries to reach an address of another network, and says by which error it fails. */
const ESCAPE = `require('dgram').createSocket('udp4').send('.', 9, '192.0.2.1', (error) => process.exit(error?.code === 'ENETUNREACH' ? 7 : 1))`;

const guard = startGuard();
const folder = mkdtempSync(join(tmpdir(), 'lab-'));
guard.remove(folder);
const faults = new ActiveFaults(NODES);
const fail = (sentence: string) => {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
};
const beganMs = performance.now();
const network = await Namespaces.make({ nodes: NODES, faults, guard, elapsed: () => performance.now(), fail });
const upMs = performance.now() - beganMs;
const children = NODES.map((node) => {
  const file = join(folder, node);
  writeFileSync(file, '{}');
  const others = NODES.filter((other) => other !== node).map((other) => network.addressOf(other));
  return started(node, [NODE, network.addressOf(node), file, ...others]);
});

function started(node: string, args: readonly string[]) {
  const user = process.getuid?.() === 0 ? { uid: process.getuid(), gid: process.getgid!() } : {};
  const { command, args: all } = network.at(node, { command: process.execPath, args: ['-e', ...args], user });
  const child = spawn(command, all, { stdio: ['ignore', 'ignore', 'inherit'] });
  guard.watch(child.pid!);
  return child;
}

/** How many datagrams came from one to another in a while; what was on its way, or not yet told, comes before. */
async function heard(): Promise<(from: string, to: string) => number> {
  const look = () => new Map(NODES.map((node) => [node, JSON.parse(readFileSync(join(folder, node), 'utf8'))]));
  await pause(300);
  const before = look();
  await pause(300);
  const after = look();
  return (from, to) => {
    const count = (all: typeof after) => (all.get(to) as Record<string, number>)[network.addressOf(from)] ?? 0;
    return count(after) - count(before);
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const during = async (fault: object) => {
  const made = { id: 1, fromMs: 0, toMs: 1, ...fault } as unknown as Fault;
  faults.begin(made, NODES);
  await network.changed();
  const seen = await heard();
  const effect = await network.effectOf(made);
  faults.end(made);
  await network.changed();
  return { seen, effect };
};

// However long it takes until all of them run.
while (
  !NODES.every((node) => Object.keys(JSON.parse(readFileSync(join(folder, node), 'utf8'))).length === NODES.length - 1)
)
  await pause(50);
const whole = await heard();
const oneWay = await during({ kind: 'partition', cut: [['n1', 'n2']] });
const half = [['n1', 'n2'] as const, ['n3', 'n4', 'n5'] as const] as const;
const cut = half[0].flatMap((a) =>
  half[1].flatMap((b) => [
    [a, b],
    [b, a],
  ]),
);
const halves = await during({ kind: 'partition', cut, id: 2 });
const lossy = await during({ kind: 'link', among: NODES, drop: 0.3, duplicate: 0, delayMs: 0, jitterMs: 0, id: 3 });
const doubled = await during({
  ...{ kind: 'link', among: ['n1', 'n2'], drop: 0, duplicate: 0.9, delayMs: 0, jitterMs: 0, id: 4 },
});
const healed = await heard();
const wayOut = await new Promise((resolve) => started('n1', [ESCAPE]).once('exit', resolve));
for (const child of children) child.kill('SIGKILL');
await network.close();
await guard.end();
rmSync(folder, { recursive: true, force: true });
const sums = (seen: (from: string, to: string) => number, ways: readonly (readonly string[])[]) =>
  ways.reduce((sum, [from, to]) => sum + seen(from!, to!), 0);
process.stdout.write(
  JSON.stringify({
    upMs: Math.round(upMs),
    whole: sums(whole, [
      ['n1', 'n2'],
      ['n2', 'n1'],
    ]),
    oneWay: { there: oneWay.seen('n1', 'n2'), back: oneWay.seen('n2', 'n1'), cut: oneWay.effect.cut },
    halves: { across: sums(halves.seen, cut), within: halves.seen('n3', 'n4'), cut: halves.effect.cut },
    lossy: { heard: lossy.seen('n1', 'n2'), touched: lossy.effect.touched },
    doubled: {
      ...{ among: doubled.seen('n1', 'n2'), beside: doubled.seen('n1', 'n3'), touched: doubled.effect.touched },
    },
    healed: sums(healed, cut),
    escape: wayOut,
  }),
);
process.exit(0);
