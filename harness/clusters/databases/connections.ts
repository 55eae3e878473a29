/** The TCP connections of this machine as its kernel lists them, and the processes that hold them. Linux only. */
import { readFile } from 'node:fs/promises';
import { entriesOf, linkAt } from '../children/node-processes.ts';

/** One end of a connection. */
export interface End {
  readonly localPort: number;
  readonly remotePort: number;
  readonly isEstablished: boolean;
  /** What the file descriptor of the process that holds it names. */
  readonly inode: string;
}

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
const ESTABLISHED = '01';

/**
 * All ends there are. It takes tens of ms, whatever there is, since the
 * kernel walks its whole table: it is read beside the event loop.
 */
export async function allEnds(): Promise<readonly End[]> {
  const texts = await Promise.all(TABLES.map((file) => readFile(file, 'latin1').catch(() => '')));
  return texts.flatMap(endsIn);
}

function endsIn(table: string): readonly End[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/);
      if (local === undefined || remote === undefined || inode === undefined) return [];
      return [{ localPort: portOf(local), remotePort: portOf(remote), isEstablished: state === ESTABLISHED, inode }];
    });
}

/** Of `0100007F:1F90`. */
function portOf(address: string): number {
  return Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16);
}

/** The inodes of the sockets that these processes hold. */
export function socketsOf(pids: readonly number[]): ReadonlySet<string> {
  const inodes = new Set<string>();
  for (const pid of pids)
    for (const descriptor of entriesOf(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkAt(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    }
  return inodes;
}
