/** Disk faults while they last: what is done to each node's disk, and how often it was seen to do something. */
import { statSync } from 'node:fs';
import type { NodeId } from '../../../systems/node.ts';
import { HarnessFailure } from '../../failure.ts';
import type { DiskFault } from '../../faults/disk.ts';
import { messageOf } from '../../node/thrown.ts';
import { DiskImage } from '../children/disk-image.ts';
import type { Guard } from '../children/guard.ts';
import { tailOf } from '../children/launch.ts';
import type { NodeDisk } from '../children/node-disk.ts';
import { PowerDisk } from '../children/power-fs.ts';
import { SyncTracer } from '../children/sync-tracer.ts';
import { wayOf } from './disk-faults.ts';
import type { DiskName } from './disks.ts';
import type { DatabaseNode } from './node.ts';

/** What is needed of the cluster around. */
interface Around {
  readonly disk: DiskName | undefined;
  readonly seed: number;
  readonly guard: Guard;
  diskOf(node: NodeId): NodeDisk;
  logFileOf(node: NodeId): string;
  /** The run cannot go on. */
  fail(sentence: string): void;
}

/** One fault at one node. */
interface Trouble {
  begin(): Promise<void>;
  /** How often it did something since it began last. */
  hits(): Promise<number>;
  end(): Promise<void>;
  /** The node has new processes. */
  started?(): Promise<void>;
}

interface Lasting {
  readonly id: number;
  readonly trouble: Trouble;
}

export class BadDisks {
  private readonly around: Around;
  /** Of each node the faults that last: the one that began last is the one that acts. */
  private readonly lasting = new Map<NodeId, Lasting[]>();
  private readonly counted = new Map<number, number>();

  constructor(around: Around) {
    this.around = around;
  }

  async begin(fault: DiskFault, nodes: readonly DatabaseNode[]): Promise<void> {
    for (const node of nodes) {
      const those = this.lasting.get(node.id) ?? [];
      this.lasting.set(node.id, those);
      await this.suspend(those.at(-1));
      const trouble = troubleOf(fault, node, this.around);
      those.push({ id: fault.id, trouble });
      await trouble.begin();
    }
  }

  async end({ id }: { readonly id: number }): Promise<void> {
    for (const those of this.lasting.values()) {
      const at = those.findIndex((one) => one.id === id);
      if (at < 0) continue;
      const acted = at === those.length - 1;
      if (acted) await this.suspend(those[at]);
      those.splice(at, 1);
      if (acted) await those.at(-1)?.trouble.begin();
    }
  }

  /** How often the fault was seen to do something. */
  async hits({ id }: { readonly id: number }): Promise<number> {
    let sum = this.counted.get(id) ?? 0;
    for (const those of this.lasting.values()) {
      const last = those.at(-1);
      if (last?.id === id) sum += await last.trouble.hits();
    }
    return sum;
  }

  /** The node started again: what is done to its processes is done to the new ones. */
  started(node: NodeId): void {
    const begun = this.lasting.get(node)?.at(-1)?.trouble.started?.();
    begun?.catch((error) => this.around.fail(messageOf(error)));
  }

  /** Power fails at a node whose processes are dead, and leaves some of what was not synced. */
  async tear({ id }: DiskFault, node: NodeId): Promise<void> {
    const stayed = await powerDisk(this.around.diskOf(node)).tear(this.around.seed + id);
    this.counted.set(id, (this.counted.get(id) ?? 0) + stayed);
  }

  /** Nothing is bad any more. */
  async heal(): Promise<void> {
    const ids = new Set([...this.lasting.values()].flat().map(({ id }) => id));
    for (const id of ids) await this.end({ id });
  }

  private async suspend(one: Lasting | undefined): Promise<void> {
    if (!one) return;
    this.counted.set(one.id, (this.counted.get(one.id) ?? 0) + (await one.trouble.hits()));
    await one.trouble.end();
  }
}

function troubleOf(fault: DiskFault, node: DatabaseNode, around: Around): Trouble {
  const { how } = fault;
  const way = wayOf(how, around.disk);
  if (way === undefined) throw new HarnessFailure(`the disk of ${node.id} cannot be bad by ${how}`);
  if (way === 'strace') return new Traced(fault, node, around);
  if (way === 'filler') return filled(imageOf(around.diskOf(node.id)), around.logFileOf(node.id));
  return how === 'tear' ? quiet : misbehaving(powerDisk(around.diskOf(node.id)), { ...fault, how }, around.seed);
}

/** What tears shows when power fails. */
const quiet: Trouble = { begin: async () => {}, hits: async () => 0, end: async () => {} };

function misbehaving(
  disk: PowerDisk,
  { id, how, chance }: DiskFault & { readonly how: Exclude<DiskFault['how'], 'tear'> },
  seed: number,
): Trouble {
  // A disk that lies, or has no space, is so for all.
  const share = how === 'lose' || how === 'full' ? 1 : chance;
  return {
    begin: () => disk.misbehave(how, share, seed + id),
    hits: () => disk.hits(),
    end: () => disk.behave(),
  };
}

class Traced implements Trouble {
  private readonly node: DatabaseNode;
  private readonly guard: Guard;
  private readonly wanted: { readonly how: 'io-error' | 'lose' | 'slow'; readonly every: number };
  private readonly tracers: SyncTracer[] = [];

  constructor({ how, chance }: DiskFault, node: DatabaseNode, { guard }: Around) {
    this.node = node;
    this.guard = guard;
    // Which of them chance does not decide: it is every nth.
    this.wanted = { how: how as 'slow', every: how === 'lose' ? 1 : Math.max(1, Math.round(1 / chance)) };
  }

  async begin(): Promise<void> {
    const { processes } = this.node;
    if (processes.length > 0) this.tracers.push(await SyncTracer.attach(processes, this.wanted, this.guard));
  }

  started(): Promise<void> {
    return this.begin();
  }

  async hits(): Promise<number> {
    return this.tracers.reduce((sum, { hits }) => sum + hits, 0);
  }

  async end(): Promise<void> {
    await Promise.all(this.tracers.splice(0).map((tracer) => tracer.detach()));
  }
}

/** What is refused for want of space the kernel does not count: software says it in its log. */
const SAYS_FULL = /no space left on device|ENOSPC/i;

function filled(disk: DiskImage, logFile: string): Trouble {
  let from = 0;
  const lengthNow = () => statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  return {
    async begin() {
      from = lengthNow();
      await disk.fill();
    },
    async hits() {
      const said = tailOf(logFile, lengthNow() - from + 1).split('\n');
      return said.filter((line) => SAYS_FULL.test(line)).length;
    },
    end: async () => disk.free(),
  };
}

function powerDisk(disk: NodeDisk): PowerDisk {
  if (disk instanceof PowerDisk) return disk;
  throw new HarnessFailure('this disk is no file system of ours');
}

function imageOf(disk: NodeDisk): DiskImage {
  if (disk instanceof DiskImage) return disk;
  throw new HarnessFailure('this disk is on no loop device');
}
