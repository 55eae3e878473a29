/**
 * A node as a process of the operating system: starts the system, and does what comes over the line until that closes.
 */
import { WebSocket } from 'ws';
import type { Replica } from '../../../systems/system.ts';
import { errorText } from '../../failure.ts';
import { currentCause } from '../../node/cause.ts';
import { brokenJson, isJsonWhole, operationOf, outputOf, replicaOf } from '../../node/contract.ts';
import { callIdentity } from '../../node/identity.ts';
import {
  brokenText,
  failureOf,
  isHarnessFailure,
  messageOf,
  notStartedText,
  unreadableText,
} from '../../node/thrown.ts';
import { overTheWire } from '../../node/wire.ts';
import { askForMembers, nodeIn } from '../../node/world.ts';
import { designFrom } from '../../setting/sources.ts';
import { Starvation } from '../children/starvation.ts';
import { type ChildWorld, childWorld } from './child-world.ts';
import { type ChildSetting, type FromChild, type Question, SETTING_VARIABLE, type ToChild } from './protocol.ts';

/** A node that says more than this in one turn of the event loop, or has more than this unsent, floods. */
const MOST_ENTRIES = 100_000;
const MOST_UNSENT_BYTES = 64 * 1024 * 1024;

const setting = JSON.parse(process.env[SETTING_VARIABLE] ?? 'null') as ChildSetting;
const system = await designFrom(setting.system);
const socket = new WebSocket(`ws://127.0.0.1:${setting.port}`, {
  headers: { authorization: setting.token },
  perMessageDeflate: false,
  maxPayload: 0,
});
const opened = new Promise((resolve) => socket.once('open', resolve));
const outbox: FromChild[] = [];
let scheduled = false;

function say(entry: FromChild): void {
  outbox.push(entry);
  if (outbox.length > MOST_ENTRIES) flood(`${outbox.length} messages in one turn of its event loop`);
  if (scheduled) return;
  scheduled = true;
  setImmediate(flush);
}

function flush(): void {
  scheduled = false;
  if (socket.readyState !== WebSocket.OPEN) return;
  if (!isJsonWhole()) outbox.push(['failed', brokenJson(system.name)]);
  socket.send(JSON.stringify(outbox));
  outbox.length = 0;
  if (socket.bufferedAmount > MOST_UNSENT_BYTES)
    flood(`${socket.bufferedAmount} bytes that the harness could not take yet`);
}

function worldOrEnd(): ChildWorld {
  try {
    return childWorld(setting, say, (where, error) => threw(where, where, error));
  } catch (error) {
    process.stderr.write(`splitbrain: ${setting.id} cannot open its disk: ${(error as Error).message}\n`);
    process.exit(1);
  }
}

function flood(what: string): never {
  process.stderr.write(`splitbrain: ${setting.id} floods: it sent ${what}\n`);
  process.exit(1);
}

/**
 * Tells of an error that is no refusal. In the sentence that ends a
 * run stands the place as it was, elsewhere as it may come again.
 */
function threw(where: string, exactly: string, error: unknown): void {
  const wrong = failureOf(error) === 'broken' ? brokenText(system.name, setting.id, exactly, error) : null;
  say(['threw', where, messageOf(error), wrong]);
}

const { world, clock, diskFaults } = worldOrEnd();
const runtime = nodeIn(world);
const starvation = new Starvation({ ownWork: false });
let replica: Replica | undefined;
/** What an operator has asked for so often; no two lives count alike. */
let orders = setting.life * 1_000_000;
/** What came before the system's start was done. */
let backlog: (() => void)[] | undefined = [];

/** Runs the task once the system has started: now, mostly. */
function whenReady(task: () => void): void {
  if (backlog) backlog.push(task);
  else task();
}

async function operate(call: number, id: number, f: string, input: unknown, key: string | null): Promise<void> {
  const running = replica as Replica;
  const asked = key === null ? f : `${f} of ${key}`;
  const task = async () => {
    const operation = operationOf(system, setting.id, running, f);
    return outputOf(system, setting.id, { f, input }, await operation(input as never, key ?? undefined));
  };
  try {
    const output = await runtime.operate(callIdentity(id), `op ${id}`, task);
    say(['answer', call, 'ok', output ?? null]);
  } catch (error) {
    if (isHarnessFailure(error)) return say(['failed', error.message]);
    const failure = failureOf(error);
    // What is thrown at a client is written down there.
    if (failure === 'broken') threw(f, `${asked} (planned call ${id})`, error);
    say(['answer', call, failure === 'broken' ? 'threw' : failure, messageOf(error)]);
  }
}

function hear(entry: ToChild): void {
  if (entry[0] === 'message') {
    const [, copy, identity, root, from, kind, type, re, body] = entry;
    const message = { identity, cause: { root }, from, to: setting.id, kind, type, re, body };
    // Replies pass even while the system is still starting: it may have asked for them.
    if (re === 0) whenReady(() => runtime.receive(message, copy));
    else runtime.receive(message, copy);
  } else if (entry[0] === 'operate') {
    const [, call, id, f, input, key] = entry;
    whenReady(() => void operate(call, id, f, input, key));
  } else obey(entry);
}

function obey(entry: Exclude<ToChild, readonly ['message' | 'operate', ...unknown[]]>): void {
  if (entry[0] === 'ask') say(['told', entry[1], told(entry[2])]);
  else if (entry[0] === 'members') whenReady(() => askForMembers(runtime, replica, entry[1], ++orders));
  else if (entry[0] === 'clock') clock.begin(entry[1], entry[2]);
  else if (entry[0] === 'disk') diskFaults.set(entry[1].id, entry[1]);
  else if (entry[0] === 'end') {
    clock.end(entry[1]);
    diskFaults.delete(entry[1]);
  } else {
    clock.heal();
    diskFaults.clear();
  }
}

function told(what: Question): unknown {
  if (what === 'now') return clock.now();
  if (what === 'starved') return starvation.ms;
  try {
    return overTheWire(what === 'state' ? replica?.state : replica?.membership?.members) ?? null;
  } catch (error) {
    say(['failed', unreadableText(system.name, setting.id, what, error)]);
    return null;
  }
}

function uncaught(what: string): (error: unknown) => void {
  return (error) => {
    const { root } = currentCause();
    const after = root === 'harness' ? '' : ` (after ${root})`;
    say(['uncaught', `${setting.id}: ${system.name} ${what}${after}: ${errorText(error)}`]);
  };
}

process.on('unhandledRejection', uncaught('left a rejected promise unhandled'));
process.on('uncaughtException', uncaught('threw an error that was not caught'));
socket.on('message', (data: Buffer) => {
  isJsonWhole();
  for (const entry of JSON.parse(data.toString()) as ToChild[]) hear(entry);
});
// Without a line there is nothing to be here for: the harness has ended, or has ended this life.
socket.on('close', () => process.exit(0));
socket.on('error', (error) => {
  process.stderr.write(`splitbrain: the line to the harness failed: ${error.message}\n`);
  process.exit(1);
});
await opened;
try {
  replica = replicaOf(system, setting.id, await runtime.begin(() => system.start(runtime.node)));
} catch (error) {
  // Whether its disk had failed it, which is no fault of the system, only the harness knows: it ends this life.
  process.stderr.write(`splitbrain: ${setting.id} cannot start: ${errorText(error)}\n`);
  say(['fell', notStartedText(system.name, setting.id, error)]);
}
if (replica) {
  say(['ready']);
  const waiting = backlog;
  backlog = undefined;
  for (const task of waiting) task();
}
