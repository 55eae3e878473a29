/** A node as its database sees it: its folder, its ports, and the network between it and the others. */
import { execFile, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Database, Host } from '../../../databases/database.ts';
import type { NodeId } from '../../../systems/node.ts';
import { HarnessFailure } from '../../failure.ts';
import { minimalEnvironment } from '../children/environment.ts';
import type { NodeDisk } from '../children/node-disk.ts';
import type { Execution, NodeNetwork } from '../network/node-network.ts';
import type { Found } from './executables.ts';
import type { Ports } from './ports.ts';
import { type User, userOf } from './user.ts';

/** How long what a database runs to its end may take. */
const RUN_MS = 60_000;

/** The ports of all nodes: which a node listens on, and how others and clients reach it. */
export class PortMap {
  private readonly own = new Map<string, number>();
  private readonly advertised = new Map<string, number>();
  private readonly links = new Map<string, number>();
  private readonly nodes = new Map<number, NodeId>();

  /** Gives every port of every node a number, and opens what leads there. */
  static async open(
    { ports: names }: Database,
    nodes: readonly NodeId[],
    ports: Ports,
    network: NodeNetwork,
  ): Promise<PortMap> {
    const map = new PortMap();
    for (const [name, who] of Object.entries(names))
      for (const to of nodes) {
        const target = await map.add(map.own, `${to} ${name}`, to, ports);
        await network.reach(to, target);
        if (who === 'clients') continue;
        const key = `${to} ${name}`;
        if (network.isDirect) map.advertised.set(key, target);
        else await network.open(await map.add(map.advertised, key, to, ports), name, to, target);
        for (const from of nodes)
          if (from !== to)
            await network.open(await map.add(map.links, `${from} ${to} ${name}`, to, ports), name, to, target, from);
      }
    return map;
  }

  /** Where a node listens itself. */
  ownOf(node: NodeId, name: string): number {
    return known(this.own, `${node} ${name}`);
  }

  advertisedOf(node: NodeId, name: string): number {
    return known(this.advertised, `${node} ${name}`);
  }

  linkOf(from: NodeId, to: NodeId, name: string): number {
    return from === to ? this.ownOf(to, name) : known(this.links, `${from} ${to} ${name}`);
  }

  behind(port: number): NodeId | undefined {
    return this.nodes.get(port);
  }

  private async add(map: Map<string, number>, key: string, node: NodeId, ports: Ports): Promise<number> {
    const port = await ports.free();
    map.set(key, port);
    this.nodes.set(port, node);
    return port;
  }
}

function known(map: ReadonlyMap<string, number>, key: string): number {
  const port = map.get(key);
  if (port === undefined)
    throw new HarnessFailure(`the database names no such port: ${key}. Its ports with proxies are those of 'peers'`);
  return port;
}

let setpriv: readonly string[] | undefined;

/** What kills a process once this one is gone, whatever becomes of the watchdog; nothing where it is missing. */
function diesWithUs(): readonly string[] {
  const command = ['setpriv', '--pdeathsig', 'KILL', '--'];
  setpriv ??= spawnSync('setpriv', [...command.slice(1), 'true']).status === 0 ? command : [];
  return setpriv;
}

/** Makes a node's folder, which belongs to the user that its processes run as. */
export class NodeHost implements Host {
  readonly id: NodeId;
  readonly nodes: readonly NodeId[];
  readonly folder: string;
  private readonly ports: PortMap;
  private readonly programs: ReadonlyMap<string, Found>;
  private readonly libraryPath: string | undefined;
  private readonly network: NodeNetwork;
  private readonly user: User = userOf();
  private disk: NodeDisk | undefined;

  constructor(
    id: NodeId,
    nodes: readonly NodeId[],
    folder: string,
    ports: PortMap,
    programs: ReadonlyMap<string, Found>,
    libraryPath: string | undefined,
    network: NodeNetwork,
  ) {
    this.id = id;
    this.network = network;
    this.libraryPath = libraryPath;
    this.nodes = nodes;
    this.folder = folder;
    this.ports = ports;
    this.programs = programs;
    this.makeFolder(folder);
  }

  port(name: string): number {
    return this.ports.ownOf(this.id, name);
  }

  advertised(name: string, of: NodeId = this.id): number {
    return this.ports.advertisedOf(of, name);
  }

  link(name: string, to: NodeId): number {
    return this.ports.linkOf(this.id, to, name);
  }

  behind(port: number): NodeId | undefined {
    return this.ports.behind(port);
  }

  address(of: NodeId = this.id): string {
    return this.network.addressOf(of);
  }

  run(program: string, ...args: (string | number)[]): Promise<string> {
    return this.runTold('', program, ...args);
  }

  runTold(input: string, program: string, ...args: (string | number)[]): Promise<string> {
    const { user, ...execution } = this.execution(program, args);
    const options = { cwd: this.folder, env: this.env, timeout: RUN_MS, maxBuffer: 1 << 24, ...user };
    return new Promise((resolve, reject) => {
      const child = execFile(execution.command, execution.args, options, (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else
          reject(
            new Error(`${program} at ${this.id}: ${stderr.trim().split('\n').slice(-3).join(' ') || error.message}`),
          );
      });
      child.stdin?.on('error', () => {}).end(input);
    });
  }

  /** From here on its folder is on a disk of its own. */
  putOn(disk: NodeDisk): void {
    this.disk = disk;
    this.ownFolder();
  }

  /** Where a path of the node's is found from outside. */
  seen(path: string): string {
    return `${this.disk?.root ?? ''}${path}`;
  }

  /** How one of the programs is executed at this node. */
  execution(program: string, args: readonly (string | number)[]): Execution {
    const killed = this.programs.get(program)?.overwritesEnvironment === true ? diesWithUs() : [];
    const own = [...killed, this.pathOf(program), ...args.map(String)];
    const [command = '', ...all] = [...(this.disk?.within ?? []), ...own];
    return this.network.at(this.id, { command, args: all, user: this.user });
  }

  write(file: string, text: string): void {
    const path = this.seen(join(this.folder, file));
    this.makeFolder(dirname(path));
    writeFileSync(path, text, { mode: 0o600 });
    this.own(path);
  }

  remove(file: string): void {
    rmSync(this.seen(join(this.folder, file)), { force: true });
  }

  async copyIn(folder: string): Promise<void> {
    await promisify(execFile)('cp', ['-a', folder, this.seen(this.folder)]);
  }

  /** The environment of its processes. */
  get env(): Readonly<Record<string, string>> {
    const { libraryPath } = this;
    const libraries = libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath };
    return { ...minimalEnvironment(), HOME: this.folder, ...libraries };
  }

  /** Where one of the database's executables is. */
  pathOf(program: string): string {
    const found = this.programs.get(program);
    if (found) return found.path;
    const owner = [...this.programs.values()].find(({ tools }) => tools.includes(program));
    if (!owner) throw new HarnessFailure(`the database starts ${program}, which is none of its programs`);
    return join(dirname(owner.path), program);
  }

  /** Its folder was made anew: it belongs to the user that its processes run as. */
  ownFolder(): void {
    this.own(this.seen(this.folder));
  }

  private makeFolder(path: string): void {
    const made = mkdirSync(path, { recursive: true, mode: 0o700 });
    if (made !== undefined) this.own(path);
  }

  private own(path: string): void {
    const { uid, gid } = this.user;
    if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
  }
}
