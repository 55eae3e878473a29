import type { Api } from 'elle-ts';
import type { Node } from './node.ts';
import type { Design, Replica } from './system.ts';

/** A design whose protocol is a record of named steps, each as its paper has it. */
export interface Stepped<A extends Api, State, Steps extends object> extends Design<A, State> {
  readonly steps: Steps;
  /** Starts a node that takes these steps. */
  startWith(node: Node, steps: Steps): Replica<A, State> | Promise<Replica<A, State>>;
}

/** Makes a system of a record of steps and what starts a node with them. */
export function stepped<A extends Api, State, Steps extends object>(
  design: Omit<Stepped<A, State, Steps>, 'start'>,
): Stepped<A, State, Steps> {
  return { ...design, start: (node) => design.startWith(node, design.steps) };
}

/** What a twin is called and what is wrong with it, and its claims where those are not the design's. */
export type Twin = Required<Pick<Design, 'name' | 'flaw'>> & Partial<Pick<Design, 'claims'>>;

/** What a twin replaces; made for each life of a node where it keeps a state of its own. */
export type Replaced<Steps> = Partial<Steps> | ((node: Node) => Partial<Steps>);

/** The broken twin of a design: the same but for these steps. */
export function twin<A extends Api, State, Steps extends object>(
  design: Stepped<A, State, Steps>,
  differs: Twin,
  replaced: Replaced<Steps>,
): Stepped<A, State, Steps> {
  if (typeof replaced !== 'function')
    return stepped({ ...design, ...differs, steps: { ...design.steps, ...replaced } });
  const startWith: typeof design.startWith = (node, steps) => design.startWith(node, { ...steps, ...replaced(node) });
  return stepped({ ...design, ...differs, startWith });
}
