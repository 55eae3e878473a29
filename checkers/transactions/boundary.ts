/**
 * Questions about the lattice: which models an anomaly rules out, the weakest of them, the strongest of a set.
 *
 * All are reachability on a graph of some forty nodes; only what
 * a model prohibits is kept, because every verdict asks it.
 */
import { aliases, anomalyImplies, elleLattice, type Lattice, lattice } from './lattice.ts';

/**
 * The canonical name of a model, from any of its names. Throws a `RangeError` that lists the names for an unknown one.
 */
export function modelName(name: string, graph: Lattice = elleLattice): string {
  const own = aliases[name] ?? name;
  if (Object.hasOwn(graph.implies, own)) return own;
  throw new RangeError(
    `no consistency model is called ${name}; there are ${Object.keys(graph.implies).sort().join(', ')}`,
  );
}

/** Everything that can be reached from `starts`, themselves included, in order of discovery. */
function reachable(arrows: Readonly<Record<string, readonly string[]>>, starts: readonly string[]): string[] {
  const seen = new Set(starts);
  for (const at of seen) for (const next of arrows[at] ?? []) seen.add(next);
  return [...seen];
}

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/** The anomalies that a history with `anomalies` shows as well. Sorted. */
export function impliedAnomalies(anomalies: readonly string[]): string[] {
  return sorted(reachable(anomalyImplies, anomalies));
}

/** The models that hold wherever one of `models` does, themselves included. Sorted. */
export function impliedModels(models: readonly string[], graph: Lattice = elleLattice): string[] {
  return sorted(
    reachable(
      graph.implies,
      models.map((name) => modelName(name, graph)),
    ),
  );
}

/** The models that fail wherever one of `models` fails, themselves included. Sorted. */
export function impossibleModels(models: readonly string[], graph: Lattice = elleLattice): string[] {
  const failed = new Set(models.map((name) => modelName(name, graph)));
  return Object.keys(graph.implies)
    .filter((name) => reachable(graph.implies, [name]).some((weaker) => failed.has(weaker)))
    .sort();
}

/** What each model of this library's own two lattices prohibits, as far as it was asked: those never change. */
const kept = new Map([lattice, elleLattice].map((graph) => [graph, new Map<string, readonly string[]>()]));

/** The anomalies that may not be seen where `model` holds. Sorted. */
export function prohibitedAnomalies(model: string, graph: Lattice = elleLattice): readonly string[] {
  const name = modelName(model, graph);
  const known = kept.get(graph);
  const names = known?.get(name) ?? Object.freeze(prohibited(name, graph));
  known?.set(name, names);
  return names;
}

function prohibited(model: string, graph: Lattice): string[] {
  const own = new Set(impliedModels([model], graph).flatMap((name) => graph.prohibits[name] ?? []));
  const known = new Set([...Object.keys(anomalyImplies), ...own]);
  return [...known].filter((name) => reachable(anomalyImplies, [name]).some((weaker) => own.has(weaker))).sort();
}

/** The models that a history with `anomalies` cannot have. Sorted. */
export function modelsRuledOut(anomalies: readonly string[], graph: Lattice = elleLattice): string[] {
  const shown = new Set(impliedAnomalies(anomalies));
  const direct = Object.keys(graph.implies).filter((name) =>
    (graph.prohibits[name] ?? []).some((anomaly) => shown.has(anomaly)),
  );
  return impossibleModels(direct, graph);
}

/** Those of `models` that imply no other of them. Sorted. */
export function weakestModels(models: readonly string[], graph: Lattice = elleLattice): string[] {
  const names = new Set(models.map((name) => modelName(name, graph)));
  return [...names]
    .filter((name) => !impliedModels([name], graph).some((weaker) => weaker !== name && names.has(weaker)))
    .sort();
}

/** Those of `models` that no other of them implies. Sorted. */
export function strongestModels(models: readonly string[], graph: Lattice = elleLattice): string[] {
  const names = new Set(models.map((name) => modelName(name, graph)));
  return [...names]
    .filter((name) => !impossibleModels([name], graph).some((stronger) => stronger !== name && names.has(stronger)))
    .sort();
}

/** What anomalies say in the fewest names: the weakest models they rule out, and all the stronger ones. */
export function boundary(
  anomalies: readonly string[],
  graph: Lattice = elleLattice,
): { readonly not: string[]; readonly alsoNot: string[] } {
  const out = modelsRuledOut(anomalies, graph);
  const not = weakestModels(out, graph);
  return { not, alsoNot: out.filter((name) => !not.includes(name)) };
}
