/**
 * What a thread is doing on behalf of a system's code, in memory that another thread can read: code that never returns
 * cannot be asked. A beat is anything that shows that the code returned, such as the next event of a simulated run.
 */

/** Beats so far, how much a system's code is at work on, a seed or -1, and how long the two texts are, in bytes. */
const CELLS = { beats: 0, busy: 1, seed: 2, what: 3, where: 4 } as const;
const CELL_BYTES = 4 * Object.keys(CELLS).length;
const TEXT_BYTES = 1000;

/** Where a thread writes it. */
export type Doing = SharedArrayBuffer;

/** What another thread reads there. */
export interface Glance {
  readonly beats: number;
  /** Whether a system's code is at work now. */
  readonly busy: boolean;
  /** The simulated run's seed. */
  readonly seed: number | undefined;
  /** `quorum/abd with seed 7`, and, where details are told, `, at n1 in its handler of store`. */
  readonly says: string;
}

const encoder = new TextEncoder();
let cells: Int32Array = new Int32Array(CELLS.where + 1);
let texts: Uint8Array = new Uint8Array(2 * TEXT_BYTES);
let detailed = false;

export function newDoing(): Doing {
  return new SharedArrayBuffer(CELL_BYTES + 2 * TEXT_BYTES);
}

/** From here on this thread writes there what it does; with details, also at which node and in what. */
export function shareDoing(doing: Doing, withDetails: boolean): void {
  cells = new Int32Array(doing, 0, CELL_BYTES / 4);
  texts = new Uint8Array(doing, CELL_BYTES);
  detailed = withDetails;
}

/** A system's code is at work on this, until what this returns is called. */
export function doing(what: string, seed = -1): () => void {
  cells[CELLS.what] = encoder.encodeInto(what, texts.subarray(0, TEXT_BYTES)).written;
  cells[CELLS.where] = 0;
  cells[CELLS.seed] = seed;
  cells[CELLS.busy]!++;
  beat();
  return () => {
    cells[CELLS.busy]!--;
  };
}

/** The system's code has returned. */
export function beat(): void {
  cells[CELLS.beats]!++;
}

/** This node's code is about to run, in what. */
export function doingAt(node: string, where: string, name: string): void {
  if (!detailed) return;
  cells[CELLS.where] = encoder.encodeInto(`, at ${node} in ${where}${name}`, texts.subarray(TEXT_BYTES)).written;
}

function glanceAt(doing: Doing): Glance {
  const seen = new Int32Array(doing, 0, CELL_BYTES / 4);
  const text = (at: number, length: number) => {
    // What is shared cannot be decoded, a copy can.
    return new TextDecoder().decode(new Uint8Array(doing, CELL_BYTES + at, length).slice());
  };
  const seed = seen[CELLS.seed]!;
  return {
    beats: seen[CELLS.beats]!,
    busy: seen[CELLS.busy]! > 0,
    seed: seed < 0 ? undefined : seed,
    says: `${text(0, seen[CELLS.what]!)}${text(TEXT_BYTES, seen[CELLS.where]!)}`,
  };
}

export const PATIENCE_VARIABLE = 'SPLITBRAIN_PATIENCE';
const PATIENCE_MS = 30_000;

/** How long a system's code may take without a beat before it is ended: in all threads and children of this process. */
export function patienceMs(): number {
  const told = Number(process.env[PATIENCE_VARIABLE]);
  return told > 0 ? told : PATIENCE_MS;
}

export function setPatience(ms: number): void {
  process.env[PATIENCE_VARIABLE] = String(ms);
}

/** How often another thread looks: a look counts, not the clock, so that a process that was stopped is not accused. */
export const LOOK_MS = 250;

/** Looks at a thread until this is called off; calls `stuck`, once, where its system's code makes no progress. */
export function watch(doing: Doing, stuck: (glance: Glance) => void): () => void {
  let last = -1;
  let still = 0;
  const timer = setInterval(() => {
    const glance = glanceAt(doing);
    if (!glance.busy || glance.beats !== last) still = 0;
    else still++;
    last = glance.beats;
    if (still * LOOK_MS < patienceMs()) return;
    clearInterval(timer);
    stuck(glance);
  }, LOOK_MS);
  return () => clearInterval(timer);
}
