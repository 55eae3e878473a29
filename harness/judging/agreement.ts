/**
 * Whether nodes gave the same answers in the end: what a history alone can tell of their
 * convergence. A run and a later check of its folder ask the same function, so that they agree.
 */
import { type Anomaly, type Columns, type History, OK, type Verdict } from 'elle-ts';

/** Datatypes whose lists are in an order that counts; of all others a list is what is in it. */
const ORDERED: readonly string[] = ['list', 'log', 'transactions', 'list-append'];
/** So many elements or values are named; more are counted. */
const NAMED = 5;

/**
 * What an answer shows, as a text that two answers share exactly
 * where they show the same: versions and contexts are left out.
 */
export function shownAs(datatype: string, output: unknown): string {
  const shown = withoutStamp(output);
  if (!Array.isArray(shown)) return canonical(shown);
  const items = shown.map(canonical);
  return `[${(ORDERED.includes(datatype) ? items : items.sort()).join(',')}]`;
}

/**
 * JSON with the fields in one order: two replicas may have learnt
 * of keys in different orders. Undefined where it is no data.
 */
export function canonical(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return text ?? 'nothing';
}

/**
 * Replicas may say with an answer of which version it is, or what
 * it depends on: `{ value, version }`, `{ values, context }`.
 */
function withoutStamp(output: unknown): unknown {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return output;
  const fields = Object.keys(output).sort().join();
  if (fields === 'value,version' || fields === 'context,value') return (output as { readonly value: unknown }).value;
  return fields === 'context,values' ? (output as { readonly values: unknown }).values : output;
}

/**
 * Compares the last answers that nodes gave to the calls marked as final: those of one call must be equal at all nodes
 * that answered it. `unknown` where no call was answered by two nodes. O(n) and the sizes of the marked answers.
 *
 * @see Shapiro, Preguiça, Baquero & Zawirski, "Conflict-free Replicated
 * Data Types", SSS 2011: who has seen the same updates shows the same.
 */
export function agreement({ columns }: History, datatype: string): Verdict {
  const asked = lastAnswers(columns);
  if (![...asked.values()].some((answers) => answers.size > 1))
    return {
      type: 'unknown',
      reason: 'no final read was answered by two nodes, so nothing can be said of their convergence',
    };
  const anomalies = [...asked.values()].flatMap((answers) => disagreement(columns, datatype, [...answers.values()]));
  const [first, ...rest] = anomalies;
  return first ? { type: 'invalid', anomalies: [first, ...rest] } : { type: 'valid' };
}

/** By call, the row of each node's last answer to it in the last round. */
function lastAnswers(columns: Columns): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const asked = new Map<string, Map<number, number>>();
  for (const row of columns.final) {
    if (columns.type[row] !== OK || columns.node[row]! < 0) continue;
    const call = `${columns.f[row]} ${columns.key[row]} ${JSON.stringify(columns.input[row])}`;
    const answers = asked.get(call) ?? new Map<number, number>();
    asked.set(call, answers.set(columns.node[row]!, row));
  }
  return asked;
}

function disagreement(columns: Columns, datatype: string, rows: readonly number[]): Anomaly[] {
  const shown = rows.map((row) => shownAs(datatype, columns.output[row]));
  if (shown.every((text) => text === shown[0])) return [];
  const key = columns.keyNames[columns.key[rows[0]!]!];
  const f = columns.fNames[columns.f[rows[0]!]!]!;
  const told = differences(rows.map((row) => withoutStamp(columns.output[row])));
  const nodes = rows.map((row) => columns.nodeNames[columns.node[row]!]!);
  const says = nodes.map((node, i) => `${node} ${told[i]}`);
  return [
    {
      name: 'divergence',
      message: `Faults had ended, clients had stopped and the last reads were made, but the answers to ${f}${key === undefined ? '' : ` of ${key}`} differ: ${says.join(', ')}.`,
      steps: [],
      operations: rows.map((row) => columns.start[row]!).sort((a, b) => a - b),
      at: { ms: Math.max(...rows.map((row) => columns.endNs[row]!)) / 1e6, nodes },
    },
  ];
}

/** For each answer what tells it from the others. */
function differences(answers: readonly unknown[]): readonly string[] {
  if (!answers.every(Array.isArray)) return answers.map((answer) => `shows ${short(canonical(answer))}`);
  const held = answers.map((answer) => new Set((answer as readonly unknown[]).map(canonical)));
  const all = new Set(held.flatMap((own) => [...own]));
  const lacking = held.map((own) => [...all].filter((item) => !own.has(item)));
  if (lacking.every((items) => items.length === 0)) return answers.map((answer) => `shows ${short(canonical(answer))}`);
  return lacking.map((items) => (items.length === 0 ? 'lacks nothing' : `lacks ${listed(items)}`));
}

function listed(items: readonly string[]): string {
  const more = items.length > NAMED ? ` and ${items.length - NAMED} more` : '';
  return `${items.slice(0, NAMED).map(short).join(', ')}${more}`;
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
