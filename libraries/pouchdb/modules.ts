/**
 * PouchDB, loaded anew for each life of a node, as a process that starts would: its modules keep what is open, and
 * chance that they drew in advance. Read once, before any run; what is evaluated again is compiled code.
 */
import { readFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { compileFunction } from 'node:vm';

// biome-ignore lint/suspicious/noExplicitAny: these packages have no types of their own
export type Untyped = any;

/** What a node uses of PouchDB. */
export interface Pouch {
  /** The constructor, with replication, and with the adapters `memory` and, for a store that it is given, `leveldb`. */
  readonly PouchDB: Untyped;
  /** What its stores extend. */
  readonly AbstractLevelDOWN: Untyped;
  readonly AbstractIterator: Untyped;
}

/** Only for HTTP, which no node speaks: loaded once. */
const SHARED = /^(pouchdb-fetch|node-fetch|fetch-cookie)$/;

interface Source {
  readonly evaluate: (module: { exports: unknown }, exports: unknown, require: (name: string) => unknown) => void;
  readonly found: Map<string, string>;
  readonly require: NodeJS.Require;
}
const sources = new Map<string, Source>();

function sourceOf(file: string): Source {
  const known = sources.get(file);
  if (known) return known;
  const text = readFileSync(file, 'utf8');
  const body = file.endsWith('.json') ? `module.exports = ${text}` : text;
  const evaluate = compileFunction(body, ['module', 'exports', 'require'], { filename: file }) as Source['evaluate'];
  const source = { evaluate, found: new Map(), require: createRequire(file) };
  sources.set(file, source);
  return source;
}

/** A `require` whose modules are all new. */
function requireAnew(): (from: string, name: string) => unknown {
  const modules = new Map<string, { exports: unknown }>();
  const load = (from: string, name: string): unknown => {
    const { found, require } = sourceOf(from);
    if (builtinModules.includes(name.replace(/^node:/, '')) || SHARED.test(name)) return require(name);
    const file = found.get(name) ?? require.resolve(name);
    found.set(name, file);
    const known = modules.get(file);
    if (known) return known.exports;
    const module = { exports: {} as unknown };
    modules.set(file, module);
    sourceOf(file).evaluate(module, module.exports, (next) => load(file, next));
    return module.exports;
  };
  return load;
}

const HERE = createRequire(import.meta.url).resolve('pouchdb-core');

/** Loads it. Takes about 3 ms, the first time 50. */
export function loadPouch(): Pouch {
  const load = requireAnew();
  const get = (name: string) => {
    const exports = load(HERE, name) as Untyped;
    return exports.default ?? exports;
  };
  const PouchDB = get('pouchdb-core');
  PouchDB.plugin(get('pouchdb-replication')).plugin(get('pouchdb-adapter-memory'));
  const Core = get('pouchdb-adapter-leveldb-core');
  PouchDB.adapter(
    'leveldb',
    Object.assign(
      function (this: unknown, ...args: unknown[]) {
        Core.apply(this, args);
      },
      { valid: () => true, use_prefix: false },
    ),
  );
  const { AbstractLevelDOWN, AbstractIterator } = load(HERE, 'abstract-leveldown') as Untyped;
  return { PouchDB, AbstractLevelDOWN, AbstractIterator };
}
