/** What the harness and the process in the namespaces say to each other, and the addresses there. */

/** From and to; nodes by their place among all, from 0. */
export type Pair<T = number> = readonly [from: T, to: T];

/** What happens to a share of the packets between these, by the fault's id. */
interface AtRandom {
  readonly id: number;
  readonly pairs: readonly Pair[];
  readonly share: number;
}

export interface Rules {
  readonly cut: readonly Pair[];
  readonly lossy: readonly AtRandom[];
  /** Between nodes alone: what their clients send comes once. */
  readonly doubled: readonly AtRandom[];
}

export type LabRequest =
  | { readonly f: 'make'; readonly id: number; readonly nodes: number }
  | { readonly f: 'rule'; readonly id: number; readonly rules: Rules }
  | { readonly f: 'count'; readonly id: number }
  /** Comes with a listening socket. */
  | { readonly f: 'relay'; readonly from: number; readonly to: number; readonly port: number };

export interface LabReply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** What passed, or was dropped, from one side to another. */
export interface Counted {
  readonly way: Pair;
  readonly packets: number;
  readonly bytes: number;
}

export interface Counts {
  readonly cut: readonly Counted[];
  readonly passed: readonly Counted[];
  /** Packets that were lost or doubled, by the fault's id. */
  readonly touched: readonly (readonly [id: number, packets: number])[];
}

/** Addresses exist in the namespaces alone: the machine's own network never hears of them. */
export const HUB = '10.77.255.254';
export const addressOfNode = (place: number) => `10.77.0.${place + 1}`;
/** Where a node's clients are, on its side of every partition. */
export const addressOfClients = (place: number) => `10.77.1.${place + 1}`;
/** As many nodes as there are such addresses. */
export const MOST_NODES = 254;
