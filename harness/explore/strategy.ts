/** How a search draws its runs: what every strategy is, and the one way in which all but the exhaustive draw plans. */
import type { NodeId } from '../../systems/node.ts';
import type { FaultKind, System } from '../../systems/system.ts';
import type { Draw, PlannedCall, Workload } from '../../workloads/workload.ts';
import { fixedOptions, usualOptions } from '../clusters/programs/dialects.ts';
import { NAMED } from '../faults/draw.ts';
import type { Paces } from '../faults/fate.ts';
import type { Fault } from '../faults/fault.ts';
import type { Scene } from '../faults/meaning.ts';
import { meaningOf } from '../faults/meanings.ts';
import { rhythmFor } from '../faults/rhythm.ts';
import { drawStorm } from '../faults/storm.ts';
import { nodeNames } from '../setting/node-names.ts';
import { drawsFrom, logUniform, wholeBelow } from '../setting/random.ts';
import type { Planned } from './trial.ts';

/** What earlier runs of this search have taught about the system. */
export interface Learnt {
  /** The kinds of message there are: what a triggered fault can wait for. */
  readonly kinds: ReadonlySet<string>;
  /** Runs that reached a mark or a state of the nodes that none had reached before, the latest last. */
  readonly novel: readonly Planned[];
}

export interface Strategy {
  readonly name: string;
  readonly says: string;
  /** Draws the run of this seed: the same one for the same seed and the same learning. */
  draw(seed: number, system: System, workload: Workload, learnt: Learnt): Planned;
  /** Whether there is anything to find by it in such a system; absent where there always is. */
  fits?(system: System): boolean;
  /** How many turns the portfolio gives it with such a system, in a round in which others have one. */
  turns?(system: System): number;
  /** How many runs there are at all, where they can be counted: seeds from 0 on are all of them. */
  scope?(system: System, workload: Workload): number;
  /** Asks that the states of nodes be looked at, which makes runs slower. */
  readonly looksAtStates?: true;
}

/** What a strategy decides; the rest is drawn the same way for all. */
export interface Shape {
  readonly durationMs: readonly [from: number, to: number];
  readonly calls: readonly [from: number, to: number];
  readonly clients: readonly [from: number, to: number];
  readonly keys: number;
  readonly nodes: readonly number[];
  /** Names of faults to draw from, by kind; each kind is in a run with this chance. */
  readonly faults: Readonly<Partial<Record<FaultKind, readonly string[]>>>;
  readonly chance: number;
  /** Bad links all through the run, with doubles and a heavy tail. */
  readonly tails?: boolean;
  /** Moves faults to the moment when some message is sent. */
  readonly triggered?: boolean;
  /** Few faults in place of a storm, so many at most, each of any kind and at any moment. */
  readonly depth?: number;
  /** Chains of messages have paces of their own, and calls may come in a burst. */
  readonly paced?: true;
}

export const EVERY: Shape['faults'] = {
  partition: ['halves', 'one-node', 'majority-ring', 'bridge', 'one-way', 'flapping'],
  link: ['loss', 'duplication', 'delay', 'reordering'],
  crash: ['crash', 'crash', 'crash-all'],
  pause: ['pause'],
  clock: ['step', 'strobe', 'drift', 'drift'],
  disk: ['lose', 'tear', 'corrupt', 'full', 'slow', 'crash-lost'],
  membership: ['membership'],
};

/** The rhythm of what is drawn here. */
const STORM = { name: 'storm' } as const;

/** Draws the faults of a run: a storm, as dense as a short run needs it. */
export function stormOf(draw: Draw, names: readonly string[], scene: Omit<Scene, 'shortestMs'>): readonly Fault[] {
  const rhythm = rhythmFor(STORM, { ...scene, cluster: 'simulation' });
  return drawStorm(draw, names, { ...scene, shortestMs: rhythm.forMs[0] }, rhythm);
}

/** Draws a run of this shape; its faults are `own`, where that is there. */
export function drawPlanned(
  shape: Shape,
  seed: number,
  system: System,
  workload: Workload,
  learnt: Learnt,
  own?: (setting: Draw, nodes: readonly NodeId[], durationMs: number) => readonly Fault[],
): Planned {
  const draw = drawsFrom(seed);
  const setting = (purpose: string) => draw(`setting ${purpose}`);
  const between = (purpose: string, [from, to]: readonly [number, number]) =>
    Math.round(logUniform(setting(purpose), from, to));
  const count = shape.nodes[wholeBelow(setting('nodes'), shape.nodes.length)]!;
  const nodes = nodeNames(system, count);
  const durationMs = between('duration', shape.durationMs);
  const ratePerSecond = (between('calls', shape.calls) * 1000) / durationMs;
  const callTimeoutMs = 500;
  const names = faultNamesFor(shape, system, setting);
  const options = {
    clients: between('clients', shape.clients),
    nodes,
    durationMs,
    ratePerSecond,
    keys: 1 + wholeBelow(setting('keys'), shape.keys),
    mix: mixFor(system, workload, setting),
    ...usualOptions(system),
    ...fixedOptions(system),
  };
  const scene = { nodes, durationMs, callTimeoutMs };
  const drawn = own?.(setting, nodes, durationMs) ?? faultsFor(shape, names, scene, draw, setting);
  const faults = [
    ...(shape.triggered ? triggered(drawn, learnt, setting) : drawn),
    ...tails(shape, system, nodes, durationMs, setting),
  ];
  const links = { seed, calm: false, odd: {}, ...(shape.paced ? { paces: pacesFor(durationMs, setting) } : {}) };
  const calls = workload.calls(draw, options);
  const plan = { calls: shape.paced ? together(calls, setting) : calls, faults, links };
  const { name } = workload;
  return {
    system: system.name,
    workload: name,
    cluster: 'simulation',
    seed,
    nodes,
    options,
    faults: names,
    rhythm: STORM,
    callTimeoutMs,
    plan,
  };
}

function faultsFor(
  shape: Shape,
  names: readonly string[],
  scene: Omit<Scene, 'shortestMs'>,
  draw: Draw,
  setting: Draw,
): readonly Fault[] {
  return shape.depth ? fewFaults(shape, shape.depth, names, scene, setting) : stormOf(draw, names, scene);
}

/** One to `depth` faults, each of any of the names, long or short, wherever it falls. */
function fewFaults(
  { faults: byKind }: Shape,
  depth: number,
  names: readonly string[],
  scene: Omit<Scene, 'shortestMs'>,
  setting: (purpose: string) => number,
): readonly Fault[] {
  if (names.length === 0) return [];
  // Of each kind that there is any name, but for a crash of which its claim may say nothing.
  const kinds = names.map((name) => {
    const of = Object.values(byKind).find((some) => some.includes(name)) ?? [name];
    return of.filter((one) => one === name || one !== 'crash-lost');
  });
  return Array.from({ length: 1 + wholeBelow(setting('depth'), depth) }, (_, i) => {
    const next = () => setting(`fault ${i}`);
    const of = kinds[wholeBelow(next(), kinds.length)]!;
    const sort = NAMED[of[wholeBelow(next(), of.length)]!]!.draw(next, { ...scene, shortestMs: 1 }) as Fault;
    const shortest = Math.max(2, meaningOf(sort).shortestMs({ ...scene, shortestMs: 1 }));
    const length = Math.round(logUniform(next(), shortest, Math.max(shortest + 1, scene.durationMs)));
    const fromMs = Math.max(0, Math.round(next() * (scene.durationMs - length)));
    return { ...{ id: i + 1, fromMs, toMs: fromMs + length }, ...sort };
  });
}

/** The same calls, as a run has them or in a burst: what meets nobody shows little. */
function together(calls: readonly PlannedCall[], setting: (purpose: string) => number): readonly PlannedCall[] {
  const by = setting('has burst') < 0.4 ? 1 : logUniform(setting('burst'), 0.003, 1);
  return calls.map((call) => ({ ...call, atMs: Math.floor(call.atMs * by) }));
}

/** Most runs have a few slow chains, or a few messages that are held back, and some have neither. */
function pacesFor(untilMs: number, setting: (purpose: string) => number): Paces {
  const by = (['node', 'link', 'conversation'] as const)[wholeBelow(setting('chains'), 3)]!;
  return {
    ...{ by, untilMs },
    slow: setting('has slow') < 0.3 ? 0 : logUniform(setting('slow'), by === 'conversation' ? 0.03 : 0.15, 0.5),
    held: setting('has held') < 0.3 ? 0 : logUniform(setting('held'), 0.003, 0.1),
  };
}

/** Kinds that one of the system's claims tolerates, each in or out by chance: a violation must break a claim. */
export function faultNamesFor(shape: Shape, system: System, setting: (purpose: string) => number): readonly string[] {
  const claim = system.claims[wholeBelow(setting('claim'), system.claims.length)];
  const names = (claim?.under ?? []).flatMap((kind) => {
    if (setting(`has ${kind}`) >= shape.chance) return [];
    const of = shape.faults[kind] ?? [];
    const name = of[wholeBelow(setting(`which ${kind}`), of.length)];
    // A crash that takes the disk along is a disk fault too.
    return name === undefined || (name === 'crash-lost' && !claim?.under.includes('crash')) ? [] : [name];
  });
  return names.filter((name) => name in NAMED);
}

/**
 * The workload's own mix half of the time, otherwise random shares:
 * a run of reads after one write finds what no even mix does.
 */
function mixFor(system: System, workload: Workload, setting: (purpose: string) => number): Record<string, number> {
  const offered = Object.entries(workload.mix).filter(([f]) => !system.without?.includes(f));
  if (setting('mix') < 0.5) return Object.fromEntries(offered);
  return Object.fromEntries(offered.map(([f, share]) => [f, share * (0.1 + setting(`share of ${f}`))]));
}

function triggered(faults: readonly Fault[], learnt: Learnt, setting: (purpose: string) => number): readonly Fault[] {
  const kinds = [...learnt.kinds].sort();
  if (kinds.length === 0) return faults;
  return faults.map((fault) => {
    if (setting(`trigger ${fault.id}`) < 0.3) return fault;
    const message = kinds[wholeBelow(setting(`message ${fault.id}`), kinds.length)]!;
    const nth = 1 + Math.floor(logUniform(setting(`nth ${fault.id}`), 1, 30));
    return { ...fault, on: { message, nth, at: setting(`at ${fault.id}`) < 0.5 ? 'from' : 'to' } };
  });
}

function tails(
  shape: Shape,
  system: System,
  nodes: readonly string[],
  durationMs: number,
  setting: (purpose: string) => number,
): readonly Fault[] {
  if (!shape.tails || !system.claims.some((claim) => claim.under.includes('link'))) return [];
  const jitterMs = Math.round(logUniform(setting('jitter'), 20, 800));
  const common = { id: 1000, fromMs: 0, toMs: durationMs, kind: 'link', among: nodes, delayMs: 0 } as const;
  return [{ ...common, drop: 0.15 * setting('drop'), duplicate: 0.6 * setting('double'), jitterMs }];
}
