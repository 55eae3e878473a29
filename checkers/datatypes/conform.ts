/**
 * From a history as a file has it to one as its datatype means it. A file repeats inputs
 * in completions and, where a tool completed it, outputs in invocations; it acknowledges
 * updates with words of its own, spells refusals in its own way, and may call a transaction
 * anything. Every engine is given the result and needs to know none of that.
 */
import { withArticle } from '../explain/grammar.ts';
import { HistoryError } from '../formats/history-error.ts';
import { sameJson } from '../formats/json.ts';
import { type Columns, FAIL, type History, OK } from '../history.ts';
import { historyLike } from '../history-builder.ts';
import type { Datatype, FunctionRecord, Reads } from './datatype.ts';
import { askedFor, differs, isPlainlyDone, type MicroOperation, type Plain } from './micro-operations.ts';
import { tells } from './refusals.ts';
import { returned } from './returned.ts';
import { shown } from './shape.ts';
import { withTransactions } from './transaction-names.ts';

/** What is needed to know what operations mean. */
type Described = Pick<Datatype, 'name' | 'functions' | 'wrong'>;

/** A history as its datatype means it, and what a person should know of how it was read. */
export interface Conformed {
  readonly history: History;
  readonly notes: readonly string[];
}

/**
 * Throws a `HistoryError` that names the operation where one is none of the datatype's. The history that was given
 * stays as it is; one that conforms already comes out the same. O(n), and copies columns only where something changes.
 */
export function conform(given: History, datatype: Described): Conformed {
  const history = withTransactions(given, datatype);
  refuseUnknownFunctions(history, datatype);
  const draft = new Draft(history, datatype);
  for (let row = 0; row < history.length; row++) draft.row(row);
  const conformed = draft.history();
  const wrong = draft.misread ?? datatype.wrong?.(conformed);
  if (wrong) throw draft.error(wrong.row, wrong.what);
  return { history: conformed, notes: draft.notes() };
}

function refuseUnknownFunctions(history: History, { name, functions }: Described): void {
  const { f, fNames, start } = history.columns;
  const unknown = fNames.findIndex((one) => !Object.hasOwn(functions, one));
  if (unknown < 0) return;
  const has = Object.keys(functions).join(', ');
  const theirs = fNames[unknown];
  throw HistoryError.of(
    start[f.indexOf(unknown)],
    ` is a "${theirs}", and ${withArticle(name)} has only ${has}: --map ${theirs}=OURS says which of them it is`,
  );
}

/** The columns that are changed, each copied when it first is. */
class Draft {
  private readonly from: History;
  private readonly columns: Columns;
  private readonly datatype: Described;
  private readonly records: readonly FunctionRecord[];
  /**
   * By function: what most of its transactions are, which need no second look; undefined for functions of another kind.
   */
  private readonly plain: readonly (Plain | undefined)[];
  private input: unknown[] | undefined;
  private output: unknown[] | undefined;
  private type: Uint8Array | undefined;
  private errors: Map<number, string> | undefined;
  private others = 0;
  private nested: boolean | undefined;
  /** The first transaction with a read that shows what no read of the datatype can. */
  misread: { readonly row: number; readonly what: string } | undefined;
  /** By function: whether some call returned something else than its input. */
  private readonly observing: (boolean | undefined)[] = [];

  constructor(history: History, datatype: Described) {
    this.from = history;
    this.columns = history.columns;
    this.datatype = datatype;
    this.records = history.columns.fNames.map((name) => datatype.functions[name] as FunctionRecord);
    this.plain = this.records.map(plainTransactions);
  }

  history(): History {
    const { input, output, type, errors: error } = this;
    if (!input && !output && !type && !error) return this.from;
    return historyLike(this.from, {
      ...(input ? { input } : {}),
      ...(output ? { output } : {}),
      ...(type ? { type } : {}),
      ...(error ? { error } : {}),
    });
  }

  notes(): string[] {
    if (this.others === 0) return [];
    const one = this.others === 1;
    return [
      `${this.others} ${one ? 'transaction that did not succeed completes' : 'transactions that did not succeed complete'} with other micro-operations than asked for: ${one ? 'it counts' : 'they count'} as asked`,
    ];
  }

  error(row: number, what: string): HistoryError {
    const { f, fNames, start } = this.columns;
    return HistoryError.of(
      start[row],
      `: ${withArticle(fNames[f[row]] as string)} of ${withArticle(this.datatype.name)} ${what}`,
    );
  }

  row(row: number): void {
    const { columns } = this;
    const record = this.records[columns.f[row]] as FunctionRecord;
    const given = columns.input[row];
    const plain = this.plain[columns.f[row]];
    if (plain && columns.type[row] === OK && isPlainlyDone(given, columns.output[row], plain)) return;
    if (isTransaction(record, given, columns.key[row] >= 0)) {
      this.transaction(row, record, given as readonly MicroOperation[]);
      return;
    }
    this.asked(row, record, given);
    const type = columns.type[row];
    if (type === OK) this.returned(row, record, columns.output[row]);
    else if (type === FAIL) this.refused(row, record);
  }

  /** A call's input: null where the function takes nothing, whatever stands there. */
  private asked(
    row: number,
    { takes, ignores, returns, updates, micro, repeats }: FunctionRecord,
    given: unknown,
  ): void {
    if (takes === undefined) {
      if (given === null || given === undefined) return;
      if (
        returns &&
        this.columns.type[row] === OK &&
        !ignores?.fits(given) &&
        isArgument(given, this.columns.output[row])
      )
        throw this.error(
          row,
          `takes nothing: ${shown(given)} is neither null nor what it returned; where it names an object, say so with "key"`,
        );
      this.setInput(row, null);
      return;
    }
    const ok = this.columns.type[row] === OK;
    if (returns && !updates && !micro && ok && sameJson(given, this.columns.output[row]))
      throw this.error(
        row,
        `takes ${takes.says} and returns ${returns.says}, and ${shown(given)} alone does not say which of them it is`,
      );
    // Some tools name the written value only in the completion.
    const told = ok && given === null ? this.columns.output[row] : undefined;
    const late = told !== null && told !== undefined && typeof told !== 'boolean' && takes.fits(told);
    if (late && (repeats || !takes.fits(given))) this.setInput(row, told);
    else if (!takes.fits(given)) throw this.error(row, `takes ${takes.says}, and not ${shown(given)}`);
  }

  private returned(row: number, record: FunctionRecord, output: unknown): void {
    const observes = record.returns !== undefined && record.updates === undefined;
    const input = (this.input ?? this.columns.input)[row];
    if (!observes && sameJson(output, input) && !this.tellsOther(row, record)) {
      this.setOutput(row, null);
      return;
    }
    const told = returned(record, output);
    if (told.is === 'refusal') this.fail(row, told.error);
    else if (told.is === 'wrong') throw this.error(row, told.what);
    else if (record.repeats && output !== null && output !== true)
      throw this.error(
        row,
        `was asked for ${shown(input)} and completes with ${shown(output)}: write what was asked for, or null`,
      );
    else this.setOutput(row, told.output);
  }

  /**
   * Whether some call of this function returned another thing than its input.
   * Then what it returns is an observation where it happens to be the same, too:
   * a message 7 that is acknowledged with its offset 7. Else the file repeats inputs.
   */
  private tellsOther(row: number, { returns }: FunctionRecord): boolean {
    if (returns === undefined) return false;
    const { f, type, input, output } = this.columns;
    const own = f[row];
    const known = this.observing[own];
    if (known !== undefined) return known;
    let tells = false;
    for (let other = 0; other < this.from.length && !tells; other++) {
      const told = f[other] === own && type[other] === OK ? (output[other] ?? null) : null;
      tells = told !== null && typeof told !== 'boolean' && !sameJson(told, input[other]);
    }
    this.observing[own] = tells;
    return tells;
  }

  private refused(row: number, { refusal }: FunctionRecord): void {
    const error = this.columns.error.get(row);
    if (refusal && error !== undefined && error !== refusal && tells(error, refusal)) this.setError(row, refusal);
  }

  private transaction(row: number, { takes, reads }: FunctionRecord, given: readonly MicroOperation[]): void {
    if (takes && !takes.fits(given)) throw this.error(row, `takes ${takes.says}, and not ${shown(given)}`);
    const asked = askedFor(given);
    if (asked !== given) this.setInput(row, asked);
    const type = this.columns.type[row];
    const output = this.columns.output[row];
    if (type !== OK) {
      if (output !== undefined && differs(asked, output) !== undefined) this.others++;
      return;
    }
    if (output === false) {
      this.fail(row, 'refused');
      return;
    }
    const difference = output === null ? nothingToTell(asked) : differs(asked, output);
    if (difference !== undefined) throw this.error(row, `completes as another transaction: ${difference}`);
    if (output === null) this.setOutput(row, asked);
    else if (reads) this.readsFit(row, reads, output as readonly MicroOperation[]);
  }

  private readsFit(row: number, reads: Reads, mops: readonly MicroOperation[]): void {
    for (let at = 0; at < mops.length; at++) {
      const mop = mops[at] as MicroOperation;
      const result = mop[0] === 'r' ? mop[2] : undefined;
      if (result === null || result === undefined || reads.fits(result)) continue;
      if (reads.unlessNested && this.writesNested()) continue;
      const key = shown(mop[1]);
      // Reported after what is wrong with single operations, whichever row it stands in.
      this.misread ??= { row, what: `reads ${reads.says} or null, and not ${shown(result)} of key ${key}` };
    }
  }

  /** Whether some transaction writes a list or a map. */
  private writesNested(): boolean {
    this.nested ??= this.columns.input.some(
      (mops) => Array.isArray(mops) && mops.some((mop) => Array.isArray(mop) && mop[0] === 'w' && isNested(mop[2])),
    );
    return this.nested;
  }

  private fail(row: number, error: string): void {
    this.type ??= this.columns.type.slice();
    this.type[row] = FAIL;
    this.setOutput(row, undefined);
    this.setError(row, error);
  }

  private setInput(row: number, value: unknown): void {
    this.input ??= this.columns.input.slice(0, this.from.length);
    this.input[row] = value;
  }

  private setOutput(row: number, value: unknown): void {
    if (this.output === undefined && this.columns.output[row] === value) return;
    this.output ??= this.columns.output.slice(0, this.from.length);
    this.output[row] = value;
  }

  private setError(row: number, error: string): void {
    this.errors ??= new Map(this.columns.error);
    this.errors.set(row, error);
  }
}

function plainTransactions({ micro, takes, reads }: FunctionRecord): Plain | undefined {
  const write = ['append', 'w'].find((kind) => takes?.fits([[kind, 0, 0]]));
  return micro === 'always' && write !== undefined && takes?.fits([['r', 0, null]]) ? { write, reads } : undefined;
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isTransaction({ micro }: FunctionRecord, given: unknown, keyed: boolean): boolean {
  return (micro === 'always' || (micro !== undefined && !keyed)) && Array.isArray(given) && given.every(Array.isArray);
}

/**
 * Whether a value in the place of an input is an argument, rather than the
 * output that a tool filled in, or a key that is asked for as `[key, nil]`.
 */
function isArgument(given: unknown, output: unknown): boolean {
  const asksForKey = Array.isArray(given) && given.length === 2 && given[1] === null;
  return !asksForKey && !sameJson(given, output);
}

/** The completion of a transaction without reads may be empty. */
function nothingToTell(asked: readonly MicroOperation[]): string | undefined {
  return asked.every(([kind]) => kind === 'w' || kind === 'append' || kind === 'insert' || kind === 'delete')
    ? undefined
    : 'it completes with null, which says nothing of what it read';
}
