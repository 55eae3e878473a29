/**
 * What the tour shows of the slides, out of the chapters in systems/, their counterexamples, and what systems/README.md
 * measured: the build puts it into the page as data, so that the tour says what `npm test` holds those to.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const systems = fileURLToPath(new URL('../../systems/', import.meta.url));
/** How a chapter begins the part of each kind. */
const BEGINNINGS = [
  ['shows', '**splitbrain shows**'],
  ['sound', '**The sound version'],
  ['costs', '**It costs**'],
  ['costs', '**They cost**'],
];

/** The chapters of the slides that have a design, in their order. Throws where one lacks a part. */
export function slideChapters() {
  const measured = readFileSync(`${systems}README.md`, 'utf8');
  const chapters = readdirSync(systems).flatMap((folder) => {
    const file = `${systems}${folder}/chapter.md`;
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return text.includes(`<!-- counterexample ${folder}/slide`) ? [chapterOf(folder, text, measured)] : [];
  });
  return chapters.sort((a, b) => a.slide - b.slide);
}

/** The files that the tour is made of: a build that watches makes it anew when one changes. */
export function chapterFiles() {
  return readdirSync(systems, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(chapter|README)\.md$|counterexamples.*\.json$/.test(path))
    .map((path) => systems + path);
}

function chapterOf(folder, text, measured) {
  const [, slide, title] = /^## (\d+)\. (.+)$/m.exec(text);
  const parts = { says: [], shows: [], sound: [], costs: [] };
  let kind = 'says';
  for (const paragraph of text.split(/\n{2,}/).slice(1)) {
    const example = /^<!-- counterexample (\S+).* -->$/.exec(paragraph.trim());
    const costs = /^<!-- costs (.+) -->$/.exec(paragraph.trim());
    if (example) parts[kind].push(exampleOf(folder, example[1]));
    else if (costs) parts.costs.push(costsOf(costs[1].split(' '), measured));
    else
      for (const [beginning, prose] of pieces(paragraph)) {
        kind = beginning ?? kind;
        parts[kind].push({ kind: 'text', parts: marked(prose) });
      }
  }
  for (const [name, blocks] of Object.entries(parts))
    if (blocks.length === 0) throw new Error(`systems/${folder}/chapter.md has no part that ${name}`);
  return { slide: Number(slide), title, folder, ...parts };
}

/** A paragraph cut where a part begins, which may be in its middle. */
function pieces(paragraph) {
  const begins = BEGINNINGS.flatMap(([kind, mark]) => {
    const at = paragraph.indexOf(mark);
    return at < 0 ? [] : [[at, kind]];
  }).sort(([a], [b]) => a - b);
  const cuts = begins[0]?.[0] === 0 ? begins : [[0, undefined], ...begins];
  return cuts.map(([at, kind], i) => [kind, paragraph.slice(at, cuts[i + 1]?.[0]).trim()]);
}

/** Its inline marks: `code`, **strong** and *emphasis*. */
function marked(prose) {
  return prose
    .replaceAll(/\s+/g, ' ')
    .split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*]+\*)/)
    .filter((part) => part !== '')
    .map((part) => {
      if (part.startsWith('`')) return { mark: 'code', text: part.slice(1, -1) };
      if (part.startsWith('**')) return { mark: 'strong', text: part.slice(2, -2) };
      if (part.startsWith('*')) return { mark: 'em', text: part.slice(1, -1) };
      return { text: part };
    });
}

function exampleOf(folder, system) {
  const file = `${folder}/counterexamples/${system.replace('/', '-')}.json`;
  const { anomaly, setting, trace } = JSON.parse(readFileSync(systems + file, 'utf8'));
  return { kind: 'example', system, file: `systems/${file}`, anomaly, setting, trace };
}

/** The rows of these systems, as they stand in the tables of systems/README.md. */
function costsOf(names, measured) {
  const cells = (line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const rows = names.map((name) => {
    const line = measured.split('\n').find((one) => one.startsWith(`| \`${name}\` |`));
    if (!line)
      throw new Error(`systems/README.md has no row for ${name}: UPDATE_README=1 npx vitest run test/systems/chapters`);
    return [name, ...cells(line).slice(1)];
  });
  const head = measured.split('\n').find((one) => one.startsWith('| system | messages an operation |'));
  return { kind: 'costs', head: cells(head), rows };
}
