/** Measures one level: its scripts first, then random rounds for as long as there is time. */
import { type Anomaly, strongestModels } from 'elle-ts';
import { HarnessFailure } from '../harness/failure.ts';
import { drawsFrom } from '../harness/setting/random.ts';
import { COLUMNS, type Column } from './columns.ts';
import { judgeRound, MODELS, only, type RoundVerdict, type Showing, standsAlone, txnOf } from './judge-round.ts';
import { play, Seat } from './play.ts';
import type { Cell, LevelResult, Means, ScriptResult, Witness } from './result.ts';
import { roundOf, type Script, SESSIONS, scripts } from './scripts.ts';
import { drawOf, drawRound, shapes } from './shapes.ts';
import { balanceOf, type Kind, type Recorded, type Round } from './steps.ts';
import type { Level, Store } from './stores/store.ts';

/** How a level is measured. */
export interface Measuring {
  readonly store: Store;
  readonly level: Level;
  readonly seed: number;
  /** How long random rounds are made. */
  readonly searchMs: number;
  /** At most so many sessions, that of the store itself included. */
  readonly connections: number;
  /** How often a script is made that shows nothing: three times, where nothing else is said. */
  readonly times?: number;
  /** How long a statement of a script may take before its session is taken to wait. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
  /** Gives each group of rows once. */
  readonly groups: Groups;
}

/** Scripts are made so often, as what prevents an anomaly may depend on chance. */
const TIMES = 3;
/** But once where a lock's own timeout ended it: that depends on no chance, and takes seconds. */
const LONG_MS = 1000;
/** In scripts nothing but a lock takes so long on one machine; further away it is longer. */
const SCRIPT_PATIENCE_MS = 40;
const SEARCH_PATIENCE_MS = 4;
const WRITERS_ALONE = 'only in transactions that write';
/** A round of the search needs at most so many sessions: that of the long fork. */
const WIDEST = 4;
/** So many of the rounds' witnesses are looked at before one is taken that stands alone. */
const TRIES = 20;

/** Groups of rows, made some hundreds at a time. */
export class Groups {
  private readonly store: Store;
  private readonly ready = new Map<Kind, { next: number; end: number }>();
  private making: Promise<void> = Promise.resolve();
  private static readonly AT_ONCE = 200;

  constructor(store: Store) {
    this.store = store;
  }

  /** A group that nobody has used, with the first rows of the round. */
  async take({ kind, initial }: Round): Promise<number> {
    const taken = this.making.then(async () => {
      let range = this.ready.get(kind);
      if (!range || range.next === range.end) {
        const from = range?.end ?? 0;
        range = { next: from, end: from + Groups.AT_ONCE };
        await this.store.prepare(kind, range.next, range.end);
        this.ready.set(kind, range);
      }
      const group = range.next++;
      if (initial) await this.store.fill(group, initial);
      return group;
    });
    this.making = taken.then(
      () => {},
      () => {},
    );
    return taken;
  }
}

/** What has been found of a level so far. */
class Findings {
  readonly refuted = new Set<string>();
  readonly undecided = new Set<string>();
  readonly witnesses = new Map<Column, Witness & { readonly isOwn: boolean }>();
  /** Whether a transaction that only reads has shown read skew. */
  isSkewReadOnly = false;
  readonly transactions = new Map<Kind, number>();
  private readonly tries = new Map<Column, number>();
  rounds = 0;
  committed = 0;
  refusedByDatabase = 0;

  /** Judges a round, and keeps what it shows that was not shown before. */
  take(recorded: Recorded, by: Witness['by']): RoundVerdict {
    const verdict = judgeRound(recorded);
    const { round, outcomes } = recorded;
    this.rounds++;
    this.committed += outcomes.filter(({ type }) => type === 'ok').length;
    this.refusedByDatabase += outcomes.filter(({ refused }) => refused !== undefined).length;
    this.transactions.set(round.kind, (this.transactions.get(round.kind) ?? 0) + outcomes.length);
    for (const model of verdict.refuted) this.refuted.add(model);
    for (const model of verdict.undecided) this.undecided.add(model);
    if (round.name === 'bank' && !verdict.refuted.includes('serializable')) checkTotals(recorded);
    for (const showing of verdict.showings) this.show(recorded, by, showing);
    return verdict;
  }

  /** Keeps what shows a column best: a script that was written for it, else the fewest transactions. */
  private show(recorded: Recorded, by: Witness['by'], { column, anomaly, txns }: Showing): void {
    if (column === 'G-single' && isReadOnly(recorded, anomaly)) this.isSkewReadOnly = true;
    const isOwn = scripts.some((script) => script.column === column && script.name === recorded.round.name);
    const known = this.witnesses.get(column);
    const size = (count: number, own: boolean): number => (own ? 0 : count);
    if (known && size(txns.length, isOwn) >= size(known.recorded.outcomes.length, known.isOwn)) return;
    const tries = this.tries.get(column) ?? 0;
    this.tries.set(column, tries + 1);
    if (tries > TRIES || !standsAlone(recorded, { column, txns })) return;
    const from = recorded.round.name;
    this.witnesses.set(column, { from, by, anomaly, recorded: only(recorded, txns), isOwn });
  }
}

/** Whether the transaction that read what another overwrote writes nothing itself. */
function isReadOnly(recorded: Recorded, { cycle = [] }: Anomaly): boolean {
  const reader = cycle.find(({ kind }) => kind === 'rw')?.from;
  const outcome = recorded.outcomes[txnOf(recorded, reader ?? -1)];
  return outcome?.done.every(([f]) => f === 'r' || f === 'rp') ?? false;
}

/** Transfers keep the total: a serializable history with another one would be a mistake of the checker, or ours. */
function checkTotals({ round, outcomes }: Recorded): void {
  for (const { type, done } of outcomes) {
    const read = done.filter(([f]) => f === 'r');
    if (type !== 'ok' || read.length < 2) continue;
    const total = read.reduce((sum, [, , value]) => sum + balanceOf(value), 0);
    if (total !== 0)
      throw new HarnessFailure(
        `a round of ${round.name} was judged serializable though it shows a total of ${total}: ${JSON.stringify(outcomes)}`,
      );
  }
}

/** Measures a level. Rejects where a session can no longer be used. */
export async function measureLevel(measuring: Measuring): Promise<LevelResult> {
  const { store, level, connections, searchMs, signal } = measuring;
  const began = performance.now();
  const findings = new Findings();
  const seats = await openSeats(store, connections - 1);
  try {
    const made = await makeScripts(measuring, seats, findings);
    const until = performance.now() + searchMs;
    const lanes = lanesOf(seats).slice(0, store.lanes);
    await Promise.all(lanes.map((lane, at) => search(measuring, lane, at, until, findings)));
    signal?.throwIfAborted();
    return resultOf(level, made, findings, (performance.now() - began) / 1000);
  } finally {
    for (const { session } of seats) session.close();
  }
}

async function openSeats(store: Store, count: number): Promise<readonly Seat[]> {
  const seats: Seat[] = [];
  try {
    while (seats.length < count) seats.push(await Seat.open(store));
  } catch (error) {
    for (const { session } of seats) session.close();
    throw error;
  }
  return seats;
}

/** Sessions in groups that each make rounds of their own; the first can make the widest. */
function lanesOf(seats: readonly Seat[]): readonly (readonly Seat[])[] {
  const first = seats.slice(0, WIDEST);
  const lanes = [first];
  for (let at = WIDEST; at + SESSIONS <= seats.length; at += SESSIONS) lanes.push(seats.slice(at, at + SESSIONS));
  return lanes;
}

async function makeScripts(measuring: Measuring, seats: readonly Seat[], findings: Findings): Promise<ScriptResult[]> {
  const made: ScriptResult[] = [];
  for (const script of scripts) {
    measuring.signal?.throwIfAborted();
    if (cannot(measuring.level, script.kind, roundOf(script))) continue;
    made.push(await makeScript(script, measuring, seats, findings));
  }
  return made;
}

/** Makes a script several times: it is seen where it was seen once, and else prevented by what was there last. */
async function makeScript(script: Script, measuring: Measuring, seats: readonly Seat[], findings: Findings) {
  const { column, name, kind } = script;
  const { times = TIMES } = measuring;
  const means: Means[] = [];
  let refused: string | undefined;
  let isSeen = false;
  const began = performance.now();
  for (let time = 0; time < times && !isSeen && performance.now() - began < LONG_MS; time++) {
    const recorded = await playOnce(roundOf(script), measuring, seats.slice(0, SESSIONS), 'script');
    const verdict = findings.take(recorded, 'script');
    isSeen = verdict.showings.some((showing) => showing.column === column);
    means.push(meansOf(recorded, measuring.level));
    refused ??= recorded.outcomes.find((one) => one.refused !== undefined)?.refused;
  }
  const result: ScriptResult['result'] = isSeen
    ? 'seen'
    : (['abort', 'wait', 'snapshot', 'whole'] as const).find((one) => means.includes(one))!;
  return { column, name, kind, result, ...(refused === undefined ? {} : { refused }) };
}

function meansOf({ outcomes, sent }: Recorded, { isOneRequest = false }: Level): Means {
  if (outcomes.some(({ refused }) => refused !== undefined)) return 'abort';
  if (isOneRequest) return 'whole';
  return sent.some(({ waited }) => waited) ? 'wait' : 'snapshot';
}

async function playOnce(round: Round, measuring: Measuring, seats: readonly Seat[], by: Witness['by']) {
  const { store, level, groups, patienceMs: given = SCRIPT_PATIENCE_MS } = measuring;
  const isScript = by === 'script';
  const patienceMs = isScript ? given : SEARCH_PATIENCE_MS;
  const group = await groups.take(round);
  const { waiting } = store;
  return play(round, group, { seats, level, patienceMs, ...(waiting && isScript ? { waiting } : {}) });
}

/** Makes random rounds until the time is over. */
async function search(measuring: Measuring, lane: readonly Seat[], at: number, until: number, findings: Findings) {
  const { level, seed, signal } = measuring;
  const uniform = drawsFrom(seed);
  const purpose = `isolation ${level.name} ${at}`;
  const draw = drawOf(() => uniform(purpose));
  const known = shapes.filter(({ kind }) => !level.without?.[kind]);
  while (performance.now() < until && !signal?.aborted) {
    const round = drawRound(known[draw(known.length)]!, draw);
    if (round.drafts.length > lane.length || cannot(level, round.kind, round)) continue;
    findings.take(await playOnce(round, measuring, lane, 'search'), 'search');
    // Whatever else is due gets its turn, how fast the store may be.
    await new Promise(setImmediate);
  }
}

/** Why a level cannot make a round; nothing where it can. */
function cannot({ without = {} }: Level, kind: Kind, { drafts }: Round): string | undefined {
  if (without[kind]) return without[kind];
  if (without.abort && drafts.some(({ aborts }) => aborts)) return without.abort;
  if (without.move && drafts.some(({ steps }) => steps.some(([f]) => f === 'move'))) return without.move;
  return undefined;
}

function resultOf(level: Level, made: readonly ScriptResult[], findings: Findings, seconds: number): LevelResult {
  const { refuted, undecided, rounds, committed, refusedByDatabase } = findings;
  const held = MODELS.filter((model) => !refuted.has(model) && !undecided.has(model));
  return {
    ...{ name: level.name, says: level.says, isDefault: level.isDefault ?? false },
    // Real time has a column of its own: that a weak level keeps it is no model that people know.
    strongest: strongestModels(held.filter((model) => model !== 'strong-read-committed')),
    held,
    refuted: [...refuted].sort(),
    undecided: [...undecided].filter((model) => !refuted.has(model)).sort(),
    cells: COLUMNS.map((column) => cellOf(column, level, made, findings)),
    scripts: made,
    ...{ rounds, committed, refusedByDatabase, seconds },
  };
}

function cellOf(column: Column, level: Level, made: readonly ScriptResult[], findings: Findings): Cell {
  const kinds = [...new Set(scripts.filter((one) => one.column === column).map(({ kind }) => kind))];
  const transactions = kinds.reduce((sum, kind) => sum + (findings.transactions.get(kind) ?? 0), 0);
  const witness = findings.witnesses.get(column);
  if (witness) {
    const { isOwn: _, ...kept } = witness;
    const why = column === 'G-single' && !findings.isSkewReadOnly ? { why: WRITERS_ALONE } : {};
    return { column, state: 'seen', transactions, witness: kept, ...why };
  }
  const own = made.filter((one) => one.column === column);
  const why = scripts.filter((one) => one.column === column).map((one) => cannot(level, one.kind, roundOf(one)))[0];
  if (transactions === 0) return { column, state: 'not judged', transactions, ...(why === undefined ? {} : { why }) };
  // Nothing has to be prevented where a read simply shows what is there.
  if (own.length === 0 || column === 'real time')
    return { column, state: 'not seen', transactions, ...(why === undefined ? {} : { why }) };
  const by = [...new Set(own.map(({ result }) => result))].filter((one): one is Means => one !== 'seen').sort();
  return { column, state: 'prevented', by, transactions };
}
