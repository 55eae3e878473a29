/** Of the faults that were asked for by name, which a cluster can make for a system. */
import { pick } from './common.ts';
import { faultNames, NAMED } from './draw.ts';
import type { Fault } from './fault.ts';
import type { NamedFault, Scene } from './meaning.ts';
import { meanings } from './meanings.ts';

/** Whether the cluster can make a fault of this sort; else why not, and what would help. */
type Can = (fault: Fault) => true | string;

export interface Possible {
  /** What is drawn: without those that only a mix asked for and that cannot be made. */
  readonly names: readonly string[];
  /** How kinds are drawn of which not every fault can be made. */
  readonly own: Readonly<Record<string, NamedFault>>;
  /** What a mix left out, a sentence each. */
  readonly leftOut: readonly string[];
}

/** What is drawn to see whether a fault can be made: neither the least nor the most of anything. */
const HALF = () => 0.5;

/**
 * A kind draws among what can be made, a mix leaves out what cannot; a name stays, so that whoever gave it is told. The
 * same names are left where all can be made.
 */
export function possibleFaults(given: readonly string[], scene: Scene, can: Can): Possible {
  const asked = faultNames(given);
  const own: Record<string, NamedFault> = {};
  const leftOut: string[] = [];
  const names = asked.filter((name) => {
    const problems = problemsOf(name, scene, can);
    const works = problems.filter(({ problem }) => problem === undefined);
    if (works.length === problems.length) return true;
    const isOfMix = !given.includes(name);
    if (isOfMix) leftOut.push(...sentencesOf(name, problems));
    if (works.length === 0) return !isOfMix;
    const { says } = NAMED[name]!;
    own[name] = { says, draw: (draw, where) => pick(draw, works).fault.draw(draw, where) };
    return true;
  });
  return { names, own, leftOut };
}

interface Tried {
  readonly name: string;
  readonly fault: NamedFault;
  readonly problem: string | undefined;
}

/** The faults that a name draws, each with what keeps it from being made. */
function problemsOf(name: string, scene: Scene, can: Can): readonly Tried[] {
  return Object.entries(drawnBy(name)).map(([each, fault]) => {
    const possible = can({ ...fault.draw(HALF, scene), id: 0, fromMs: 0, toMs: 1 } as Fault);
    return { name: each, fault, problem: possible === true ? undefined : possible };
  });
}

/** Of a kind those that it draws among; of any other name itself; of a module's none. */
function drawnBy(name: string): Readonly<Record<string, NamedFault>> {
  const kinds = meanings as unknown as Readonly<
    Record<string, { readonly names: Readonly<Record<string, NamedFault>> }>
  >;
  const names = Object.hasOwn(kinds, name) ? kinds[name]!.names : {};
  if (Object.keys(names).length > 0 && !names[name])
    return Object.fromEntries(Object.entries(names).filter(([, { onlyByName }]) => !onlyByName));
  return NAMED[name] ? { [name]: NAMED[name] } : {};
}

/** `link (loss, duplication): TCP hides what a network loses`. */
function sentencesOf(kind: string, tried: readonly Tried[]): readonly string[] {
  const byProblem = new Map<string, string[]>();
  for (const { name, problem } of tried)
    if (problem !== undefined) byProblem.set(problem, [...(byProblem.get(problem) ?? []), name]);
  return [...byProblem].map(([problem, names]) => {
    const all = names.length === tried.length || names.join() === kind;
    return `${kind}${all ? '' : ` (${names.join(', ')})`}: ${problem}`;
  });
}
