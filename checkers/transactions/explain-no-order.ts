/**
 * Transactions without an order in words: what each did, what follows from that, and
 * where nothing does, which orders of two writes were tried and why each is impossible.
 */
import type { Anomaly, CycleEdge } from '../checker.ts';
import type { CycleStep } from './cycles.ts';
import { EDGE_KINDS, RW } from './edges.ts';
import { mopText, type NameOf, reasonOf } from './reasons.ts';
import { type Argument, argumentFor, type WriteOrder } from './solver/argument.ts';
import type { Polygraph } from './solver/polygraph.ts';
import type { Question } from './solver/shape.ts';
import { mopsOf, show, type Transactions } from './transactions-of.ts';

/** More sentences than fit on a screen explain nothing. */
const SCREEN = 20;
const MOST_OPERATIONS = 6;

/** The anomaly of the rows of `core`, for whose writes there is no order that `model` allows. */
export function explainNoOrder(
  txns: Transactions,
  name: string,
  model: string,
  core: Polygraph,
  question: Question,
): Anomaly {
  const { start } = txns.history.columns;
  const rows = [...core.origin];
  const places = new Map(rows.map((row, at) => [row, at + 1]));
  const nameOf = (row: number): string => (places.has(row) ? `T${places.get(row)}` : `operation ${start[row]}`);
  const did = rows.map((row) => `${nameOf(row)} is operation ${start[row]}: ${whatIt(txns, row)}`);
  const argument = argumentFor(core, question);
  const words = new Words(txns, nameOf, core);
  const said = argument ? words.say(argument) : [];
  const fits = said.length > 0 && did.length + said.length <= SCREEN;
  const cycle = argument ? words.cycle(argument) : [];
  return {
    name,
    message: `whatever the order of their writes, these ${rows.length} transactions are not ${model}: each order closes a cycle of dependencies`,
    steps: fits ? [...did, ...said] : did,
    operations: rows.map((row) => start[row]),
    ...(fits && cycle.length > 1 ? { cycle } : {}),
  };
}

function whatIt(txns: Transactions, row: number): string {
  const mops = mopsOf(txns.history, row) ?? [];
  const shown = mops.slice(0, MOST_OPERATIONS).map(mopText).join(', ');
  return mops.length > MOST_OPERATIONS ? `${shown}, and ${mops.length - MOST_OPERATIONS} more` : shown;
}

/** An argument in sentences. */
class Words {
  private readonly txns: Transactions;
  private readonly nameOf: NameOf;
  private readonly lists: boolean;
  private readonly rows: ReadonlySet<number>;

  constructor(txns: Transactions, nameOf: NameOf, core: Polygraph) {
    this.txns = txns;
    this.nameOf = nameOf;
    this.lists = !core.registers;
    this.rows = new Set(core.origin);
  }

  /** A sentence for what follows, for each case, and for how it ends. */
  say({ follows, end }: Argument, indent = ''): string[] {
    const first = follows.map(
      ({ order, otherwise }) => `${indent}${this.order(order)}: otherwise ${this.round(otherwise)}`,
    );
    if (end.type === 'cycle') return [...first, `${indent}so ${this.round(end.steps)}`];
    return [
      ...first,
      ...this.inCase(end.order, end.first, indent),
      ...this.inCase(turned(end.order), end.second, indent),
    ];
  }

  /** One case, on a line if nothing but a cycle follows. */
  private inCase(order: WriteOrder, argument: Argument, indent: string): string[] {
    const head = `${indent}if ${this.order(order)}`;
    if (argument.follows.length === 0 && argument.end.type === 'cycle')
      return [`${head}, then ${this.round(argument.end.steps)}`];
    return [`${head}:`, ...this.say(argument, `${indent}  `)];
  }

  private order({ before, after, seen }: WriteOrder): string {
    const key = show(this.txns.keys[this.txns.versionKey[seen]]);
    const verb = this.lists ? 'appended to' : 'wrote';
    return `${this.nameOf(before)} ${verb} ${key} before ${this.nameOf(after)} did`;
  }

  /** A cycle, from a transaction back to itself. */
  private round(steps: readonly CycleStep[]): string {
    const hops = steps.map((step) => `${this.nameOf(step.to)} (${reasonOf(this.txns, step, this.lists, this.nameOf)})`);
    return `${this.nameOf((steps[0] as CycleStep).from)} is before ${hops.join(', before ')}`;
  }

  /** The edges of the cycle in which an argument without cases ends, each with what it was concluded from. */
  cycle({ follows, end }: Argument): CycleEdge[] {
    if (end.type !== 'cycle') return [];
    const { keys, versionKey, writer, history } = this.txns;
    const { start } = history.columns;
    if (new Set(end.steps.map(({ from }) => from)).size < end.steps.length) return [];
    return end.steps.map((step): CycleEdge => {
      const author = step.kind === RW ? [writer[step.seen]] : [];
      const all = [...author, ...this.witnesses(step, follows)];
      const rows = [...new Set(all)].filter((row) => row !== step.from && row !== step.to && this.rows.has(row));
      return {
        from: start[step.from],
        to: start[step.to],
        kind: EDGE_KINDS[step.kind],
        ...(step.seen >= 0 ? { key: show(keys[versionKey[step.seen]]) } : {}),
        why: reasonOf(this.txns, step, this.lists, this.nameOf),
        ...(rows.length > 0 ? { via: rows.map((row) => start[row]) } : {}),
      };
    });
  }

  /** The transactions by which the order of the writes of a step was concluded. */
  private witnesses(step: CycleStep, follows: Argument['follows']): number[] {
    const at = follows.findIndex(({ order }) => order.seen === step.seen && order.made === step.made);
    if (at < 0) return [];
    const { order, otherwise } = follows[at];
    const earlier = follows.slice(0, at);
    const inner = otherwise.flatMap((one) => [one.from, one.to, ...this.witnesses(one, earlier)]);
    const authors = otherwise.flatMap(({ kind, seen }) => (kind === RW ? [this.txns.writer[seen]] : []));
    return [order.before, order.after, ...inner, ...authors];
  }
}

const turned = ({ before, after, seen, made }: WriteOrder): WriteOrder => ({
  before: after,
  after: before,
  seen: made,
  made: seen,
});
