/** What a user's own module must export to be a fault: a way to draw one of a built-in kind, or a kind of its own. */
import { CLUSTER_NAMES, type ClusterName } from '../clusters/names.ts';
import { BadInput } from '../failure.ts';
import type { Fault } from '../faults/fault.ts';
import type { AnyFault } from '../faults/interval.ts';
import { kinds } from '../faults/kinds.ts';
import type { FaultMeaning, NamedFault, Sort } from '../faults/meaning.ts';
import { bringKind, meaningOf } from '../faults/meanings.ts';
import type { PartsInjector } from '../faults/parts.ts';
import { unknownName } from './suggestions.ts';
import { shown } from './validate-results.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A kind of fault as a module brings it: what is known of it, and how each cluster makes it out of built-in faults. */
export interface OwnKind<F extends AnyFault = AnyFault> {
  readonly meaning: FaultMeaning<F>;
  readonly injectors: { readonly [C in ClusterName]?: PartsInjector<F> };
}

/** Lets the compiler know the kind of fault that a module brings. Returns it as it is. */
export function defineFault<F extends AnyFault>(kind: OwnKind<F>): OwnKind<F> {
  return kind;
}

/**
 * The fault that this value is, of which each that it draws is looked at, too. A kind that it
 * brings is known in this thread from then on. Throws `BadInput`, with `where` first.
 */
export function namedFaultIn(value: unknown, where: string): NamedFault<Fault> {
  if (typeof value === 'object' && value !== null && 'meaning' in value) return kindIn(value as Fields, where);
  const { says, draw } = (value ?? {}) as Partial<NamedFault<Fault>>;
  const needs = needing(where, 'no fault');
  needs(typeof says === 'string' && says !== '', 'says, a sentence about it');
  needs(typeof draw === 'function', 'a function draw(draw, scene), or meaning and injectors');
  return looked(value as NamedFault<Fault>, where, Object.keys(kinds));
}

const MEMBERS = [
  'covers',
  'targets',
  'withoutNode',
  'shortestMs',
  'problems',
  'words',
  'nodeWords',
  'simpler',
  'hadEffect',
  'sides',
];
const DRAWN_AS = ['cut', 'links', 'down', 'paused', 'clock', 'disk', 'out', 'chore'];

function kindIn(value: Fields, where: string): NamedFault<Fault> {
  const needs = needing(where, 'no kind of fault');
  const meaning = (value.meaning ?? {}) as Fields;
  const injectors = (value.injectors ?? {}) as Fields;
  const { kind, names, drawnAs } = meaning;
  needs(
    typeof kind === 'string' && /^[a-z][a-z0-9-]*$/.test(kind),
    'meaning.kind, a name of small letters, digits and -',
  );
  for (const member of MEMBERS) needs(typeof meaning[member] === 'function', `the function meaning.${member}`);
  needs(DRAWN_AS.includes(drawnAs as string), `meaning.drawnAs, one of ${DRAWN_AS.join(', ')}`);
  needs(typeof meaning.hindersNodes === 'boolean', 'meaning.hindersNodes, true or false');
  const drawn = Object.values((names ?? {}) as Readonly<Record<string, NamedFault<Fault>>>);
  needs(drawn.length > 0 && drawn.every(isNamed), 'meaning.names, each with says and draw(draw, scene)');
  const clusters = Object.keys(injectors);
  needs(clusters.length > 0, `injectors, for ${CLUSTER_NAMES.join(' or ')}`);
  for (const cluster of clusters) {
    needs(
      (CLUSTER_NAMES as readonly string[]).includes(cluster),
      `injectors by cluster: ${unknownName('cluster', cluster, CLUSTER_NAMES)}`,
    );
    needs(
      typeof (injectors[cluster] as Fields | null)?.begin === 'function',
      `a function begin in injectors.${cluster}`,
    );
  }
  const known = { fields: {}, ...meaning, injectors } as unknown as FaultMeaning<Fault>;
  bringKind(known, where);
  const own = drawn.map((named) => looked(named, where, [known.kind]));
  return {
    says: own.map(({ says }) => says).join('; or: '),
    draw: (draw, scene) => own[own.length === 1 ? 0 : Math.floor(draw() * own.length)]!.draw(draw, scene),
  };
}

function needing(where: string, no: string): (holds: boolean, what: string) => void {
  return (holds, what) => {
    if (!holds) throw new BadInput(`${where} is ${no}: it needs ${what}`);
  };
}

function isNamed(named: Partial<NamedFault<Fault>> | null): boolean {
  return typeof named?.says === 'string' && named.says !== '' && typeof named.draw === 'function';
}

/** The same, and each that it draws is looked at. */
function looked({ says, draw }: NamedFault<Fault>, where: string, kindsThere: readonly string[]): NamedFault<Fault> {
  return { says, draw: (next, scene) => sortIn(draw(next, scene), where, kindsThere) };
}

function sortIn(value: unknown, where: string, kindsThere: readonly string[]): Sort<Fault> {
  const fault = (value ?? {}) as Fields;
  const refused = (why: string) => new BadInput(`${where}: draw() returned ${shown(value)}: ${why}`);
  if (!kindsThere.includes(String(fault.kind)))
    throw refused(unknownName('kind of fault', String(fault.kind), kindsThere));
  const { fields } = meaningOf(fault as unknown as Fault);
  for (const [name, fits] of Object.entries(fields))
    if (!fits(fault[name])) throw refused(`${name} of a ${String(fault.kind)} is ${shown(fault[name])}`);
  const time = ['id', 'fromMs', 'toMs'].find((name) => name in fault);
  if (time !== undefined) throw refused(`${time} is drawn by the plan, and is left out`);
  return value as Sort<Fault>;
}
