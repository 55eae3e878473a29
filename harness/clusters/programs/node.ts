/** A node whose code is a program: its lives, what it is told, and what becomes of the lines that it writes. */

import type { NodeId } from '../../../systems/node.ts';
import { barred } from '../../failure.ts';
import type { Links } from '../../faults/fate.ts';
import { Cause } from '../../node/cause.ts';
import { mix, mixText } from '../../node/identity.ts';
import { LocalClock } from '../../node/local-clock.ts';
import type { Frame } from '../../node/world.ts';
import type { NetworkTime } from '../network/network.ts';
import { type Complaints, quoted } from './complaints.ts';
import type { Birth, Instance } from './instance.ts';
import { Mailbox } from './mailbox.ts';
import { type Message, messageIn, typeOf } from './message.ts';
import { askOwnService, isOwnService } from './own-services.ts';
import { ToldLines } from './told-lines.ts';

/** What a node needs of the cluster around it. */
export interface Surroundings {
  readonly nodes: readonly NodeId[];
  readonly links: Links;
  readonly time: NetworkTime;
  /** How messages call the program: `./node`. */
  readonly says: string;
  readonly complaints: Complaints;
  readonly mailbox: Mailbox;
  /** Whether a service has this address. */
  isService(address: string): boolean;
  /** Whether pausing a node stops its process; else what would reach it is held back here. */
  readonly stopsProcesses: boolean;
  /** Whether clock and chance stand beside each node as services. */
  readonly offers: boolean;
  spawn(birth: Omit<Birth, 'command' | 'args' | 'folder' | 'logFile'>): Instance;
  /** The node has a process again. */
  started(node: NodeId): void;
  /** Empties the node's working folder. */
  emptyFolder(node: NodeId): void;
  send(frame: Frame): void;
  /** A client that waits for one of these functions was told what is no reply. */
  misreplied(types: readonly string[]): void;
  /** The run cannot go on: a whole sentence. */
  fail(sentence: string): void;
  /** A program ended by itself. */
  exited(node: ProgramNode, life: ProgramLife, how: string): void;
}

/** A program that writes more lines than these never waits; so many more for each that it is told, and for each ms. */
const FLOOD_LINES = 100_000;
const FLOOD_PER_TOLD = 100;
const FLOOD_PER_MS = 1;

/** One life of a node. */
export class ProgramLife {
  alive = true;
  isReady = false;
  readonly number: number;
  /** Lines that it wrote so far. */
  lines = 0;
  /** Absent while it is being started, and where it could not be. */
  instance: Instance | undefined;
  readonly told: ToldLines;
  readonly birth: Cause;
  private readonly waiting: (() => void)[] = [];

  constructor(node: NodeId, number: number) {
    this.number = number;
    this.birth = new Cause(mix(mixText(node), number), `start of ${node}`, node);
    this.told = new ToldLines(node, this.birth);
  }

  /** Counts a line that was written at this moment; false where there are too many. */
  counts(atMs: number): boolean {
    return ++this.lines <= FLOOD_LINES + FLOOD_PER_TOLD * this.told.lines + FLOOD_PER_MS * atMs;
  }

  /** Runs the task once the program has said that it is ready, and never in a life that is over. */
  whenReady(task: () => void): void {
    if (!this.isReady) this.waiting.push(task);
    else if (this.alive) task();
  }

  becomeReady(): void {
    this.isReady = true;
    for (const task of this.waiting.splice(0)) if (this.alive) task();
  }
}

export class ProgramNode {
  readonly id: NodeId;
  readonly clock: LocalClock;
  life: ProgramLife | undefined;
  private lives = 0;
  private paused: (() => void)[] | undefined;
  private readonly around: Surroundings;

  constructor(id: NodeId, around: Surroundings) {
    this.id = id;
    this.around = around;
    this.clock = new LocalClock(
      () => around.time.elapsed(),
      (ms, task) => around.time.schedule(ms, task),
    );
  }

  /** Begins a life; what is to be told first is up to the caller. */
  boot(): ProgramLife {
    const life = new ProgramLife(this.id, this.lives++);
    this.life = life;
    life.instance = this.around.spawn({
      id: this.id,
      life: life.number,
      clock: this.clockOf(life),
      heard: (line, cause) => this.heard(life, line, cause),
      garbled: (shown) => this.garbled(life, shown),
      ended: (how) => life.alive && this.around.exited(this, life, how),
      broke: (reason) => life.alive && this.fail(life, reason),
    });
    this.around.started(this.id);
    return life;
  }

  /** Ends the life at once, and returns when its processes are gone: their leader, where there was a life. */
  async crash(folder: 'kept' | 'lost'): Promise<number | undefined> {
    const { life } = this;
    if (!life) return undefined;
    life.alive = false;
    this.life = undefined;
    this.paused = this.paused && [];
    const { instance } = life;
    await instance?.kill();
    if (folder === 'lost') this.around.emptyFolder(this.id);
    return instance?.pid;
  }

  get isPaused(): boolean {
    return this.paused !== undefined;
  }

  /** Returns the process once it is known to be stopped. */
  async pause(): Promise<number | undefined> {
    const { life } = this;
    this.paused ??= [];
    if (!life?.instance) return undefined;
    if (!this.around.stopsProcesses) return life.instance.pid;
    return (await life.instance.pause()) ? life.instance.pid : undefined;
  }

  resume(): number | undefined {
    const waiting = this.paused ?? [];
    this.paused = undefined;
    const { life } = this;
    for (const task of waiting) this.around.time.schedule(0, () => this.whenRunning(task));
    return life?.instance?.resume() ? life.instance.pid : undefined;
  }

  /** Runs the task now, or when a paused node continues: what is paused notices nothing. */
  whenRunning(task: () => void): void {
    if (this.paused && !this.around.stopsProcesses) this.paused.push(task);
    else task();
  }

  /** A message from another node or a service arrives. Programs hear from the moment when they are there. */
  receive(frame: Frame, copy: number): void {
    this.whenRunning(() => {
      const identity = copy === 0 ? frame.identity : mix(frame.identity, copy);
      const cause = new Cause(identity, frame.cause.root, this.id, frame.identity);
      this.tell(this.life, frame.body as Message, cause, frame.identity % 2 ** 31);
    });
  }

  /** Hands a message to this life's program; `id` is the number by which the network calls it. */
  tell(life: ProgramLife | undefined, message: Message, cause: Cause, id: number): void {
    if (!life?.alive) return;
    life.told.note(message, cause);
    life.instance?.tell(JSON.stringify({ id, ...message }), cause);
  }

  /** `n1 (./node)`. */
  get says(): string {
    return `${this.id} (${this.around.says})`;
  }

  /** Ends the run with what this life wrote last. */
  fail(life: ProgramLife, reason: string): void {
    const tail = life.instance?.logTail() ?? '';
    const shown =
      tail === ''
        ? 'It wrote nothing to stderr.'
        : `Its last lines:
${barred(tail)}`;
    this.around.fail(`${this.says} ${reason}. ${shown}`);
  }

  private clockOf(life: ProgramLife): Birth['clock'] {
    const { clock } = this;
    return {
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      after: (ms, task) => clock.after(ms, () => life.alive && this.whenRunning(() => life.alive && task())),
    };
  }

  private heard(life: ProgramLife, line: string, cause: Cause | undefined): void {
    if (!life.alive) return;
    if (!life.counts(this.around.time.elapsed())) {
      this.fail(life, `wrote more than ${FLOOD_LINES} lines in one moment: it never waits`);
      return;
    }
    const message = messageIn(line);
    if ('says' in message)
      this.complain(life, message.sort, message.says, line, ' Write to stderr what is not a message.');
    else this.route(life, message, line, cause ?? life.told.causeOf(message));
  }

  private garbled(life: ProgramLife, shown: string): void {
    if (!life.alive) return;
    life.lines++;
    this.complain(life, 'not JSON', 'is not JSON (it is no UTF-8)', shown, ' Write to stderr what is not a message.');
  }

  private route(life: ProgramLife, message: Message, line: string, cause: Cause): void {
    const { nodes, mailbox } = this.around;
    const { src, dest } = message;
    if (src !== this.id && nodes.includes(src))
      this.complain(life, 'in the name of another node', `has the src ${src}, which is another node`, line);
    if (this.around.offers && isOwnService(dest)) {
      const owner = {
        ...{ id: this.id, seed: this.around.links.seed, clock: this.clockOf(life) },
        tell: (reply: Message, caused: Cause, id: number) => this.tell(life, reply, caused, id),
      };
      askOwnService(owner, message, cause);
    } else if (Mailbox.isClient(dest)) {
      const who = `${this.says} wrote line ${life.lines}, which`;
      const delivered = mailbox.deliver({ message, who });
      if (typeof delivered === 'string') return;
      this.around.misreplied(delivered.asked);
      this.complain(life, delivered.sort, `is a reply that ${delivered.says}`, line);
    } else if (nodes.includes(dest) || this.around.isService(dest)) this.send(message, cause);
    else {
      const known = `${nodes.join(', ')}; c...; lin-kv, seq-kv, lww-kv, lin-tso`;
      this.complain(
        life,
        'to no node',
        `is to ${dest.slice(0, 50)}, which is no node, client or service (${known})`,
        line,
      );
    }
  }

  private send(message: Message, cause: Cause): void {
    const kind = typeOf(message.body);
    const identity = cause.next(mix(mixText(message.dest), mix(mixText(kind), SEND)));
    this.around.send({ identity, cause, from: this.id, to: message.dest, kind, type: 'send', re: 0, body: message });
  }

  private complain(life: ProgramLife, sort: string, what: string, line: string, remedy = ''): void {
    const says = `${this.says} wrote line ${life.lines}, which ${what}: ${quoted(line)}${remedy === '' ? '' : `.${remedy}`}`;
    this.around.complaints.note(this.id, sort, says);
  }
}

const SEND = mixText('send');
