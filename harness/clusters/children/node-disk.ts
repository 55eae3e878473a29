/** A disk of a node's own that can lose power, whichever way it is made. */
export interface NodeDisk {
  /** Makes it, with the node's folder on it. */
  make(): Promise<void>;
  /** Makes durable all that is there. */
  sync(): Promise<void>;
  /** Decides what is left: what is durable now. All processes that write there must have stopped. */
  keep(): Promise<void>;
  /** The folder has what was kept, and nothing else. Nobody may use it. */
  restore(): Promise<void>;
  /** From here on the folder is empty, or gone. Does nothing where it was not made. */
  unmount(): Promise<void>;
  /** What stands before a path to find it on this disk from outside; nothing before most. */
  readonly root: string;
  /** The command, with which a program is executed where it sees the disk; nothing before most. */
  readonly within: readonly string[];
}
