/** Disks of the nodes' own that can lose power, where a run has such faults. */
import { join } from 'node:path';
import type { NodeId } from '../../../systems/node.ts';
import { HarnessFailure } from '../../failure.ts';
import { DiskImage, imagesCanBeMounted } from '../children/disk-image.ts';
import type { Guard } from '../children/guard.ts';
import type { NodeDisk } from '../children/node-disk.ts';
import { PowerDisk, powerFsWorks } from '../children/power-fs.ts';
import type { NodeHost } from './host.ts';
import { userOf } from './user.ts';

/** What disks can be made of, the one first that is taken where it works. */
export const DISK_NAMES = ['loop', 'fuse'] as const;
export type DiskName = (typeof DISK_NAMES)[number];

const works: Readonly<Record<DiskName, () => true | string>> = { loop: imagesCanBeMounted, fuse: powerFsWorks };

/** Whether a disk can be made in this way, or in any where none is named; else why not. */
export function disksWork(name?: DiskName): true | string {
  if (name !== undefined) return works[name]();
  const reasons: string[] = [];
  for (const one of DISK_NAMES) {
    const can = works[one]();
    if (can === true) return true;
    reasons.push(can);
  }
  return reasons.join('; and ');
}

/** What a run's disks are made of, where nobody says. */
export function usualDisk(): DiskName {
  return works.loop() === true ? 'loop' : 'fuse';
}

/** How power fails, in words. */
export const diskText: Readonly<Record<DiskName, string>> = {
  loop: 'whose disk on a loop device has only what was synced to it',
  fuse: 'whose file system of ours (FUSE) has only what was synced to it',
};

export class Disks {
  private readonly disks = new Map<NodeId, NodeDisk>();

  /** Gives each node one, with its folder on it; what the disks hold lies in `folder`. */
  async make(name: DiskName, folder: string, hosts: readonly NodeHost[], guard: Guard): Promise<void> {
    for (const host of hosts) {
      const disk =
        name === 'loop'
          ? new DiskImage(join(folder, `${host.id}.img`), host.folder)
          : new PowerDisk(join(folder, host.id), host.folder, userOf(), guard);
      this.disks.set(host.id, disk);
      await disk.make();
      host.putOn(disk);
    }
  }

  /** Throws `HarnessFailure` where the node has none. */
  of(id: NodeId): NodeDisk {
    const disk = this.disks.get(id);
    if (!disk) throw new HarnessFailure(`${id} has no disk of its own that could lose power`);
    return disk;
  }

  /** Makes durable what was written so far. */
  async sync(): Promise<void> {
    for (const disk of this.disks.values()) await disk.sync();
  }

  async unmount(): Promise<void> {
    for (const disk of this.disks.values()) await disk.unmount();
  }
}
