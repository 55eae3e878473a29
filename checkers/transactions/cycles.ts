/**
 * Cycles of dependencies and their names, by how many anti-dependencies they have and whether two of them are adjacent.
 *
 * G0: writes only. G1c: writes and reads. G-single: one anti-dependency. G-nonadjacent:
 * several, no two adjacent. G2: any others. `-item` says that no predicate
 * is involved; `-process` and `-realtime` that session or real-time edges are.
 *
 * Source: Adya, "Weak Consistency" (MIT thesis, 1999); the names of the variants are Elle's (VLDB 2021).
 */
import { type EdgeList, RT, RW, SO, VIA_RT, VIA_RW, WR, WW } from './edges.ts';

/** A step between two transactions, from the edge that begins it and the one that ends it. */
export interface CycleStep {
  readonly from: number;
  readonly to: number;
  readonly kind: number;
  readonly seen: number;
  readonly made: number;
}

/** The steps of a closed path of edges, without the virtual nodes. Edges from a start to its commit are no steps. */
export function stepsOf(edges: EdgeList, path: readonly number[]): CycleStep[] {
  const real = path.filter((edge) => edge < edges.length);
  const begin = real.findIndex((edge) => edges.from[edge] < edges.rows);
  const turned = [...real.slice(begin), ...real.slice(0, begin)];
  const steps: CycleStep[] = [];
  for (const edge of turned) {
    const via = edges.kind[edge] === VIA_RW || edges.kind[edge] === VIA_RT;
    const last = steps.at(-1);
    if (via && last)
      steps[steps.length - 1] = { ...last, to: edges.to[edge], made: Math.max(last.made, edges.made[edge]) };
    else
      steps.push({
        from: edges.from[edge],
        to: edges.to[edge],
        kind: edges.kind[edge],
        seen: edges.seen[edge],
        made: edges.made[edge],
      });
  }
  return compressed(steps);
}

/** Steps of one session that follow one another are one step. */
export function compressed(steps: readonly CycleStep[]): CycleStep[] {
  const out: CycleStep[] = [];
  for (const step of steps) {
    const last = out.at(-1);
    if (last?.kind === SO && step.kind === SO) out[out.length - 1] = { ...last, to: step.to };
    else out.push(step);
  }
  const first = out[0];
  const last = out.at(-1);
  // The last step of a cycle leads into its first.
  if (out.length > 2 && first?.kind === SO && last?.kind === SO && last.to === first.from)
    return [...out.slice(1, -1), { ...last, to: first.to }];
  return out;
}

const adjacentAt = (steps: readonly CycleStep[], at: number): boolean =>
  steps[at].kind === RW && steps[(at + 1) % steps.length].kind === RW;

/** Whether two anti-dependencies follow one another, around the end too. */
function hasAdjacent(steps: readonly CycleStep[]): boolean {
  return steps.length > 1 && steps.some((_, at) => adjacentAt(steps, at));
}

/**
 * A cycle that visits no transaction twice, out of one that does, in which still no anti-dependency
 * follows another (or, for prefix consistency, with `afterWrites` false, a write): of the two
 * parts at a repeated transaction one always has that property, because the whole has it.
 */
export function simpleCycle(steps: readonly CycleStep[], afterWrites = true): readonly CycleStep[] {
  let cycle = steps;
  for (let part = shorten(cycle, afterWrites); part !== null; part = shorten(cycle, afterWrites)) cycle = part;
  return cycle;
}

function breaks(steps: readonly CycleStep[], afterWrites: boolean): boolean {
  if (hasAdjacent(steps)) return true;
  return !afterWrites && steps.some((step, at) => step.kind === WW && steps[(at + 1) % steps.length].kind === RW);
}

function shorten(steps: readonly CycleStep[], afterWrites: boolean): CycleStep[] | null {
  const at = new Map<number, number>();
  for (let i = 0; i < steps.length; i++) {
    const before = at.get(steps[i].from);
    if (before === undefined) {
      at.set(steps[i].from, i);
      continue;
    }
    const inner = steps.slice(before, i);
    const outer = [...steps.slice(i), ...steps.slice(0, before)];
    const good = [inner, outer].filter((part) => !breaks(part, afterWrites));
    return good.find((part) => part.some((step) => step.kind === RW)) ?? good[0] ?? inner;
  }
  return null;
}

/** The name of a cycle. */
export function cycleName(steps: readonly CycleStep[]): string {
  const count = (kind: number): number => steps.filter((step) => step.kind === kind).length;
  const suffix = count(RT) > 0 ? '-realtime' : count(SO) > 0 ? '-process' : '';
  const antiDependencies = count(RW);
  if (antiDependencies === 0) return `${count(WR) > 0 ? 'G1c' : 'G0'}${suffix}`;
  if (antiDependencies === 1) return `G-single-item${suffix}`;
  return `${hasAdjacent(steps) ? 'G2' : 'G-nonadjacent'}-item${suffix}`;
}
