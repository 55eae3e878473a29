/** What disks of real software can be bad by: which way it is made where, or why it cannot be. */
import type { Database } from '../../../databases/database.ts';
import type { DiskFault } from '../../faults/disk.ts';
import type { Fault } from '../../faults/fault.ts';
import { powerFsWorks } from '../children/power-fs.ts';
import { straceWorks } from '../children/sync-tracer.ts';
import { asUser } from '../network/namespaces-probe.ts';
import { type DiskName, disksWork, usualDisk } from './disks.ts';
import { networkOf } from './networks.ts';

type How = DiskFault['how'];
/** Our file system does it, strace does it to system calls, or all space is taken. */
export type Way = 'fuse' | 'strace' | 'filler';

const TRACED = { slow: 'strace', 'io-error': 'strace' } as const;
const ways: Readonly<Record<DiskName | 'none', Readonly<Partial<Record<How, Way>>>>> = {
  fuse: { slow: 'fuse', 'io-error': 'fuse', lose: 'fuse', full: 'fuse', tear: 'fuse', corrupt: 'fuse' },
  loop: { ...TRACED, lose: 'strace', full: 'filler' },
  none: TRACED,
};

const WHAT: Readonly<Record<How, string>> = {
  slow: 'syncs take 200 ms more',
  'io-error': 'syncs fail',
  lose: 'syncs do nothing and say that they did, and power fails in the end',
  full: 'what needs space is refused',
  tear: 'power fails in the end, and leaves some pages of what was not synced',
  corrupt: 'what is read is not what was written',
};
const BY: Readonly<Record<Way, string>> = {
  fuse: 'a file system of ours (FUSE)',
  strace: 'strace, attached to all processes of a node',
  filler: 'a loop device whose space is taken',
};

/** Whether power fails at its nodes when it ends, so that it comes out what was not true. */
export function endsInPowerFailure(how: How): boolean {
  return how === 'lose' || how === 'tear';
}

/** A plain user's disk and network are in user namespaces that know nothing of each other. */
export function whyNoDisk(database: Database): string | undefined {
  if (networkOf(database) === 'proxies' || usualDisk() === 'loop' || asUser().length === 1) return undefined;
  return 'without root, nodes have either namespaces as their network or disks of their own: take --network proxies';
}

/** What disks are made of that are to be bad, where nobody says: what counts exactly first. None where none works. */
function truestDisk(database: Database): DiskName | undefined {
  if (whyNoDisk(database) !== undefined) return undefined;
  if (powerFsWorks() === true) return 'fuse';
  return disksWork('loop') === true ? 'loop' : undefined;
}

/** What the nodes' disks are made of in a run with these faults; nothing where they need none of their own. */
export function diskFor(faults: readonly Fault[], asked: DiskName | undefined, database: Database) {
  const isBad = faults.some(({ kind }) => kind === 'disk');
  if (!isBad && !faults.some((fault) => fault.kind === 'crash' && fault.disk === 'synced')) return undefined;
  return asked ?? (isBad ? truestDisk(database) : usualDisk());
}

/** The way in which disks of this sort are bad by this; nothing where they cannot be. */
export function wayOf(how: How, disk: DiskName | undefined): Way | undefined {
  return ways[disk ?? 'none'][how];
}

/** Whether disks can be bad by this in a run that asks for such ones; else why not, and what would help. */
export function canBeBad(how: How, database: Database, asked: DiskName | undefined): true | string {
  const disk = asked ?? truestDisk(database);
  const way = wayOf(how, disk);
  if (way !== undefined) return way === 'strace' ? straceWorks() : true;
  if (asked !== undefined) return `a disk that is made by ${asked} cannot be bad by ${how}: take --disk fuse`;
  const needs = `${how} needs a file system of ours${wayOf(how, 'loop') ? ' or a loop device' : ''}`;
  return `${needs}: ${whyNoDisk(database) ?? (disk === 'loop' ? powerFsWorks() : disksWork())}`;
}

/** How disks are made bad by this, in words; empty where they cannot be. */
export function badText(how: How, database: Database): string {
  const way = wayOf(how, truestDisk(database));
  return way === undefined ? '' : `${WHAT[how]}: by ${BY[way]}`;
}

/** Why this is not made by what would do it exactly; nothing where it is. */
export function whyNotExact(how: How, database: Database): string | undefined {
  if (wayOf(how, truestDisk(database)) === 'fuse') return undefined;
  return `not by a file system of ours: ${whyNoDisk(database) ?? powerFsWorks()}`;
}
