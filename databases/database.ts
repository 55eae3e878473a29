/** Real software with its own ports and its own clients. */
import type { Api, Input, Output } from 'elle-ts';
import type { NodeId } from '../systems/node.ts';
import type { System } from '../systems/system.ts';

/** A database: how its nodes are started, formed into a cluster and talked to. It runs in real time only. */
export interface Database<A extends Api = Api> extends System {
  /** The executables that it needs, by the name that `commands` uses. */
  readonly programs: Readonly<Record<string, Executable>>;
  /**
   * `peers`: other nodes, or clients on another node's side, connect to it,
   * so it is behind proxies. `clients`: only the node's own clients do.
   */
  readonly ports: Readonly<Record<string, 'peers' | 'clients'>>;
  /**
   * What can cut its links, the usual one first: proxies alone where absent. In namespaces every node has an address of
   * its own, `address(node)`, and others reach it where it listens.
   */
  readonly networks?: readonly ('proxies' | 'namespaces')[];
  /** The least that a fault lasts, in ms: twice its longest timeout. */
  readonly noticesMs: number;
  /** How long the cluster may take until it is ready. */
  readonly readyMs: number;
  /** Numbers that cannot be chosen, such as the six nodes of a Redis Cluster. */
  readonly fixed?: { readonly nodes?: number };
  /** Why a node whose folder was emptied cannot come back by itself, where it cannot: such crashes are refused. */
  readonly needsFolder?: string;
  /** Before any first start. */
  prepare?(hosts: readonly Host[]): Promise<void>;
  /** The processes of a node; `life` is 0 at its first start. */
  commands(host: Host, life: number): readonly Command[];
  /** Joins the nodes and creates what clients need; repeated until it no longer throws. */
  form?(hosts: readonly Host[]): Promise<void>;
  /** Opens a client's session. Whatever it rejects with is a `fail`: nothing was asked yet. */
  connect(host: Host): Promise<DatabaseSession<A>>;
  /** Whether all nodes follow one leader and replicate. */
  whole?(hosts: readonly Host[]): Promise<boolean>;
  /** The node that leads now. */
  primary?(hosts: readonly Host[]): Promise<NodeId | undefined>;
  /** The node's own wall clock in ms. */
  clock?(host: Host): Promise<number>;
  /** Where `clock` tells the middle of a step, how long that is in ms: 1000 for whole seconds. Absent: it is exact. */
  readonly clockStepMs?: number;
  /** The peers that this node takes for connected. */
  sees?(host: Host): Promise<readonly NodeId[]>;
  /** What the node holds, for claims that converge. */
  content?(host: Host): Promise<unknown>;
  /** Asked again and again while the run lasts: a failover manager for databases without one. */
  operate?(hosts: readonly Host[], controls: NodeControls): Promise<void>;
  /** What an operator may do during the run, by the name that a `chore` fault gives it. */
  readonly chores?: Readonly<Record<string, Chore>>;
  /** What the server may say to a write instead of making it: `splitbrain conform` says it in the server's place. */
  readonly staged?: readonly Staged[];
  /**
   * What its documentation tells an operator to do to the files of a node that ended by itself after its disk had lost
   * or refused something, before it is started again.
   */
  repair?(host: Host): Promise<void>;
  /** After heal: brings back what cannot come back by itself. */
  rejoin?(hosts: readonly Host[], controls: NodeControls): Promise<void>;
}

/** Whether the system is a database. */
export function isDatabase(system: System): system is Database {
  return 'commands' in system;
}

/** A response in place of the server's own, and what the adapter must make of it. */
export interface Staged {
  /** When a server says so. */
  readonly says: string;
  /** It is given to the first request of a write that has this in it. */
  readonly to: string;
  /** Bytes of the response to the bytes of the request, each a character of ISO 8859-1. */
  response(request: string): string;
  /** `fail` where the server says by it that nothing happened, `info` where that is open. */
  readonly is: 'fail' | 'info';
  /** Whether it looks as if all was well: a COMMIT that is answered by ROLLBACK, and no error. */
  readonly looksDone?: true;
}

export interface Chore {
  readonly says: string;
  do(hosts: readonly Host[], controls: NodeControls): Promise<void>;
}

export interface Executable {
  /** Arguments that print its version. */
  readonly version: readonly string[];
  /** Where its path tells the version, what that is; it is not run for it then. */
  readonly versionIn?: RegExp;
  /** Folders before PATH; `*` is any one folder. */
  readonly places?: readonly string[];
  /** The scope of an npm package that has it, a package for each platform: `npm:VERSION` names one of its versions. */
  readonly npm?: string;
  /** Libraries that it finds only by further names, each with its file: of the executable at this path. */
  libraries?(path: string): Readonly<Record<string, string>>;
  /** What to do where it is missing, as a command. */
  readonly install: string;
  /**
   * It writes its title over its environment, and with it the mark by which processes of a killed run are found: it is
   * killed with the harness. Its own children are not, so it must not have any.
   */
  readonly overwritesEnvironment?: true;
  /** Programs beside it, of its version, that `run` may name, too. */
  readonly tools?: readonly string[];
}

export interface Command {
  /** One of `programs`. */
  readonly program: string;
  readonly args: readonly (string | number)[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A node as its database sees it. */
export interface Host {
  readonly id: NodeId;
  readonly nodes: readonly NodeId[];
  /** Its data and nobody else's; the working folder of its processes. */
  readonly folder: string;
  /** Where its own process listens. */
  port(name: string): number;
  /** The port that other nodes are told, at `address(of)`; of another node where one is named. */
  advertised(name: string, of?: NodeId): number;
  /** Where this node's clients reach another one at 127.0.0.1; behind proxies also where the node itself does. */
  link(name: string, to: NodeId): number;
  /** The node that an address stands for which the database named. */
  behind(port: number): NodeId | undefined;
  /** Where a node listens, this one where none is named: 127.0.0.1 behind proxies, else an address of its own. */
  address(of?: NodeId): string;
  /** Runs one of `programs` to its end; resolves to what it printed. */
  run(program: string, ...args: (string | number)[]): Promise<string>;
  /** The same of one that reads its input: `input` is all of it. */
  runTold(input: string, program: string, ...args: (string | number)[]): Promise<string>;
  /** Writes a file below the node's folder, for the user that its processes run as. */
  write(file: string, text: string): void;
  /** Removes a file below the node's folder, if it is there. */
  remove(file: string): void;
  /** Copies a folder into the node's own. */
  copyIn(folder: string): Promise<void>;
}

export interface DatabaseSession<A extends Api> {
  readonly api: { readonly [F in keyof A]?: (input: Input<A, F>, key?: string) => Promise<Output<A, F>> };
  close(): void;
}

/** What an operator may do to nodes. */
export interface NodeControls {
  stop(node: NodeId): Promise<void>;
  start(node: NodeId): Promise<void>;
  /** Empties the node's folder. */
  wipe(node: NodeId): Promise<void>;
  /** One node's folder becomes what the other's is now. */
  copy(from: NodeId, to: NodeId): Promise<void>;
  /** Tells the result something, with the time. */
  note(text: string): void;
}
