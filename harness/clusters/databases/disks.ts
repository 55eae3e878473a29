import { join } from 'node:path';
import type { NodeId } from '../../../systems/node.ts';
import { HarnessFailure } from '../../failure.ts';
import { DiskImage } from '../children/disk-image.ts';
import type { NodeHost } from './host.ts';

/** Disks of the nodes' own that can lose power, where a run has such faults. */
export class Disks {
  private readonly images = new Map<NodeId, DiskImage>();

  /** Gives each node one, with its folder on it; the files of the disks lie in `folder`. */
  async make(folder: string, hosts: readonly NodeHost[]): Promise<void> {
    for (const host of hosts) {
      const image = new DiskImage(join(folder, `${host.id}.img`), host.folder);
      this.images.set(host.id, image);
      await image.make();
      host.ownFolder();
    }
  }

  /** Throws `HarnessFailure` where the node has none. */
  of(id: NodeId): DiskImage {
    const image = this.images.get(id);
    if (!image) throw new HarnessFailure(`${id} has no disk of its own that could lose power`);
    return image;
  }

  /** Makes durable what was written so far. */
  async sync(): Promise<void> {
    for (const image of this.images.values()) await image.sync();
  }

  async unmount(): Promise<void> {
    for (const image of this.images.values()) await image.unmount();
  }
}
