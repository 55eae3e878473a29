/**
 * Whether clients were served where a claim promises it: an answer that tells of a conflict is
 * one, but who is told of nothing else gets nothing done. Looked at are stretches so long that
 * a system had the time to take note of what happened, and the nodes that are promised an answer.
 */
import type { Offered } from 'elle-ts';
import type { NodeId } from '../../systems/node.ts';
import { isEffect, type Recorded, rowsBetween } from './responses.ts';
import { kindsText, type Promised, type Stretch } from './stretches.ts';

/**
 * How often a function had no effect at a group of nodes that a claim
 * promises to serve, of how many such groups, and one of them in words.
 */
interface Unserved {
  readonly groups: number;
  readonly without: number;
  readonly example?: string;
}

export type Commits = Readonly<Record<Promised, Unserved>>;

export const NO_COMMITS: Commits = {
  total: { groups: 0, without: 0 },
  majority: { groups: 0, without: 0 },
  'primary-side': { groups: 0, without: 0 },
};

/** Fewer calls of a function at a group prove nothing: each may have met a conflict. */
export const ENOUGH_CALLS = 10;

export interface Frame {
  /** What clients call but for what comes seldom by nature. */
  readonly functions: readonly string[];
  readonly datatype: Offered;
  /** What claims promise; nothing else is looked at. */
  readonly promises: readonly Promised[];
  /** How long a stretch must be before any answer is certain. */
  readonly settlingMs: number;
}

/** Looks at one stretch; of bad links nothing is certain in a single one, but over all of them evidence asks. */
export function commitsIn(recorded: Recorded, stretch: Stretch, frame: Frame): Commits {
  if (!stretch.isSure || !isLong(stretch, frame.settlingMs)) return NO_COMMITS;
  const of = (promised: Promised): Unserved => {
    const asked = frame.functions.flatMap((f) => {
      const served = stretch.groups[promised].map((nodes) => ({
        f,
        nodes,
        ...callsAt(recorded, f, nodes, stretch, frame),
      }));
      const enough = served.filter(({ called }) => called >= ENOUGH_CALLS);
      // Nobody but the system knows where the primary is: some group must be served.
      return promised === 'primary-side' ? best(enough) : enough;
    });
    const without = asked.filter(({ effects }) => effects === 0);
    return {
      groups: asked.length,
      without: without.length,
      ...(without[0] ? { example: told(without[0], stretch) } : {}),
    };
  };
  return { ...NO_COMMITS, ...Object.fromEntries(frame.promises.map((promised) => [promised, of(promised)])) };
}

export function isLong({ fromMs, toMs }: Pick<Stretch, 'fromMs' | 'toMs'>, settlingMs: number): boolean {
  return toMs - fromMs > settlingMs;
}

interface Served {
  readonly f: string;
  readonly nodes: readonly NodeId[];
  readonly called: number;
  readonly effects: number;
}

function best(groups: readonly Served[]): readonly Served[] {
  return [...groups].sort((a, b) => b.effects - a.effects).slice(0, 1);
}

function told({ f, nodes, called }: Served, stretch: Stretch): string {
  const when = `from ${Math.round(stretch.fromMs)} to ${Math.round(stretch.toMs)} ms`;
  return `none of ${called} ${f} calls had an effect at ${nodes.join(', ')} ${when} (${kindsText(stretch)})`;
}

function callsAt(
  recorded: Recorded,
  f: string,
  nodes: readonly NodeId[],
  { fromMs, toMs }: Stretch,
  { datatype }: Frame,
): Pick<Served, 'called' | 'effects'> {
  const { columns } = recorded.history;
  const index = columns.fNames.indexOf(f);
  let called = 0;
  let effects = 0;
  const [first, end] = rowsBetween(columns, fromMs, toMs);
  for (let row = first; row < end; row++) {
    if (columns.f[row] !== index || !nodes.includes(columns.nodeNames[columns.node[row]!] ?? '')) continue;
    called++;
    if (isEffect(recorded, row, datatype)) effects++;
  }
  return { called, effects };
}

export function addCommits(a: Commits, b: Commits): Commits {
  const add = (one: Unserved, other: Unserved): Unserved => {
    // The same whichever is added first.
    const [example] = [one.example, other.example].filter((text) => text !== undefined).sort();
    return {
      groups: one.groups + other.groups,
      without: one.without + other.without,
      ...(example === undefined ? {} : { example }),
    };
  };
  return {
    total: add(a.total, b.total),
    majority: add(a.majority, b.majority),
    'primary-side': add(a['primary-side'], b['primary-side']),
  };
}
