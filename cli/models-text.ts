/** Models and what tells them apart, as text for a terminal and as JSON. */
import { type Anomaly, type Datatype, explain, type History, judge, modelDefinitions, type Operation } from 'elle-ts';
import { type ModelTable, neighboursOf, type Relation, relationOf } from './models-table.ts';

/** Two models of a datatype. */
export interface Pair {
  readonly datatype: Datatype;
  readonly allows: string;
  readonly forbids: string;
  readonly table: ModelTable;
}

interface Note {
  readonly name: string;
  readonly model: string;
  readonly because: string;
}

const noteText = ({ name, model, because }: Note): string => `${name} is ${model} here: ${because}.`;

/** Every lattice, a line a model with those that it implies at once, the strongest first. */
export function latticeText(of: readonly Datatype[]): string {
  const groups = new Map<string, string[]>();
  for (const datatype of of) {
    const lines = Object.keys(datatype.models).map((name) => {
      const { weaker } = neighboursOf(datatype, name);
      const shown = name === datatype.name ? '(the datatype itself)' : name;
      return `  ${shown}${weaker.length > 0 ? ` -> ${weaker.join(', ')}` : ''}`;
    });
    const text = lines.join('\n');
    groups.set(text, [...(groups.get(text) ?? []), datatype.name]);
  }
  const parts = [...groups].map(([text, names]) => `${names.join(', ')}:\n${text}`);
  return [
    'What each model implies: every history of a model is one of those behind the arrow.',
    ...parts,
    'splitbrain models MODEL says what a model is; splitbrain models A B shows the smallest history that A allows and B forbids.',
  ].join('\n\n');
}

/** What a model is, and what lies next to it. */
export function modelText(model: string, of: readonly Datatype[], notes: readonly Note[]): string {
  const first = of[0] as Datatype;
  const lines = [`${model}: ${modelDefinitions[model] ?? first.says}`, ...notes.map(noteText), ''];
  for (const datatype of of) {
    const { stronger, weaker } = neighboursOf(datatype, model);
    lines.push(`${datatype.name}: implied by ${listed(stronger)}; implies ${listed(weaker)}`);
  }
  return lines.join('\n');
}

const listed = (names: readonly string[]): string => names.join(', ') || 'nothing';

function anomalyOf(history: History, { name: type }: Datatype, model: string): Anomaly | undefined {
  return judge(history, { type, model }).anomalies[0];
}

/** The smallest history, with the reason, or why there is none. */
export function pairText(pair: Pair, notes: readonly Note[]): string {
  const { datatype, allows, forbids, table } = pair;
  const relation = relationOf(table, datatype, allows, forbids);
  const more = notes.length > 0 ? `\n\n${notes.map(noteText).join('\n')}` : '';
  if (allows === forbids) return `${allows} is one model.${more}`;
  if (relation?.by === 'history') return `${historyText(pair, relation.history)}${more}`;
  return `${impliedText(pair, relation)}\n\n${triedText(pair)}${more}`;
}

function historyText({ datatype, allows, forbids }: Pair, history: History): string {
  const anomaly = anomalyOf(history, datatype, forbids);
  const why = anomaly ? explain(history, anomaly) : '';
  const certificate = judge(history, { type: datatype.name, model: allows, certificate: true }).certificate;
  return [
    `${datatype.name}: ${allows} allows this, and ${forbids} forbids it:`,
    '',
    ...[...history].map(lineOf),
    '',
    `${forbids} forbids it:`,
    indented(why),
    ...(certificate === undefined ? [] : ['', `${allows} allows it: ${JSON.stringify(certificate)}`]),
  ].join('\n');
}

/** One operation: who made it when, what was asked, and what came of it. */
function lineOf({ process: number, node, f, key, input, outcome, start, end }: Operation): string {
  const when = outcome.type === 'info' ? `from ${start} on` : `${start} to ${end}`;
  const where = node === undefined ? '' : ` at ${node}`;
  const asked = input === null ? '' : ` ${JSON.stringify(input)}`;
  const said = outcome.type !== 'ok' || outcome.output === null ? '' : JSON.stringify(outcome.output);
  // A transaction returns what it was asked for, with its results.
  const what = f === 'txn' && said !== '' ? ` ${said}` : said === '' ? asked : `${asked} => ${said}`;
  const came = outcome.type === 'ok' ? '' : outcome.type === 'info' ? ', no answer' : ', refused';
  return `  operation ${start}, process ${number}${where}, ${when}: ${f}${key === undefined ? '' : ` ${key}`}${what}${came}`;
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ');

function impliedText(
  { datatype, allows, forbids }: Pair,
  relation: Exclude<Relation, { by: 'history' }> | undefined,
): string {
  const none = `${datatype.name}: there is no history that ${allows} allows and ${forbids} forbids`;
  if (relation?.by === 'arrows')
    return `${none}, for ${allows} implies ${forbids}: ${relation.path.join(' -> ')}.\n${forbids}: ${modelDefinitions[forbids] ?? datatype.says}`;
  return relation
    ? `${none}: ${relation.because}.`
    : `${datatype.name}: no history is known that ${allows} allows and ${forbids} forbids.`;
}

function triedText({ datatype, allows, forbids, table }: Pair): string {
  const tried = table[datatype.name]?.tried ?? [];
  const count = tried.reduce((sum, { histories }) => sum + histories, 0);
  if (count === 0) return `Nothing was tried yet: npm run models ${datatype.name}`;
  return `Tried: all ${count.toLocaleString('en')} histories of ${tried.map(({ says }) => says).join('; ')}.\nThe other way round: splitbrain models ${forbids} ${allows}`;
}

/** The same for programs. */
export function pairJson(pair: Pair): unknown {
  const { datatype, allows, forbids, table } = pair;
  const relation = relationOf(table, datatype, allows, forbids);
  const head = { datatype: datatype.name, allows, forbids };
  if (relation?.by !== 'history') return { ...head, history: null, ...(relation ?? { by: 'enumeration' }) };
  const { history } = relation;
  return { ...head, by: 'history', history: [...history], anomaly: anomalyOf(history, datatype, forbids) ?? null };
}
