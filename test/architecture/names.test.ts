import { expect, it } from 'vitest';
import { sourcesOf } from './sources.ts';

/** The folders whose source, comments and file names are held to the table below. */
const FOLDERS = [
  'systems',
  'test/systems',
  'checkers',
  'test/checkers',
  'test/fuzz',
  'harness',
  'isolation',
  'libraries',
  'report',
  'cli',
  'bench',
  'workloads',
  'test/harness',
  'test/report',
  'test/cli',
  'test/workloads',
  'test/isolation',
];

/**
 * Words that the project does not use, and what it says instead. Where a word has another use, the pattern spares it.
 */
const TABLE: readonly (readonly [word: RegExp, instead: string])[] = [
  [/\bInhabitants?\b/, 'NodeRuntime'],
  [/\blastWords\b/, 'logTail'],
  [/\bdidBite\b|\bBit\b|\b(faults?|it) (that )?(bit|bites)\b/, 'FaultEffect, hadEffect, "had an effect"'],
  [/\b[sS]trikes?\b|\b[sS]truck\b|\bmend(s|ed)?\b/, 'inject, InjectedFault, lift'],
  [/\b[dD]oomed\b/, 'isDeadEnd'],
  [/[fF]oresight/, 'pruning'],
  [/\bforeign\b(?![ -]keys?\b)/i, 'unsupportedOperations, or "of another tool"'],
  [/\boverlook(s|ed)?\b/i, 'anti-dependency: read before it was overwritten; or missed'],
  [/\bsight\.ts\b/, 'visibility.ts'],
  [/(?<!real-)\btime-edges\b/, 'real-time-edges.ts'],
  [/\btests-of-models\b/, 'model-conditions.ts'],
  [/\bwants\.ts\b/, 'validation.ts'],
  [/\btrespass/i, 'forbiddenCall'],
  [/\bhands\.ts\b/, 'timeline-input.ts'],
  [/\bnearest\.ts\b/, 'suggestions.ts'],
  [/\bown-system\.ts\b/, 'validate-system.ts'],
  [/(?<![<.])\b(in)?circles?\b(?!\s+cx)/i, 'cycle'],
  [/(\/\*\*|[.;:]|\band)\x20+answers\b/i, 'returns, of a function; nodes answer clients'],
  [/\bcomes? along\b/, 'built-in'],
  [/\bstands? still\b/, 'is paused'],
  [/\bgoes on\b/, 'resumes, continues'],
  [/\bneed not hear\b/, 'skips'],
  [/\bcan take all that is left\b|\bcould take all that is left\b/, 'able to remove any remaining element'],
];

/** The text with comments that go over several lines as one, each character where it was. */
function joined(text: string): string {
  return text.replace(/\n[ \t]*(\*|\/\/)(?=[ \t])/g, (edge) => ' '.repeat(edge.length));
}

function found(path: string, text: string): readonly string[] {
  const whole = joined(text);
  return TABLE.flatMap(([word, instead]) => {
    const flags = word.flags.includes('i') ? 'gi' : 'g';
    const spaced = new RegExp(word.source.replaceAll(' ', '\\s+'), flags);
    const places = [...whole.matchAll(spaced)].map(({ 0: match, index }) => {
      return `${path}:${text.slice(0, index).split('\n').length}: "${match.replace(/\s+/g, ' ')}": say ${instead}`;
    });
    return word.test(path) ? [`${path}: the file's name: say ${instead}`, ...places] : places;
  });
}

it.each(FOLDERS)('%s has no name or phrase that the project has another word for', (folder) => {
  const sources = sourcesOf(folder);
  expect(sources.length).toBeGreaterThan(0);
  expect(sources.flatMap(({ path, text }) => found(path, text))).toEqual([]);
});

it('the table finds a phrase across two lines of a comment, and spares other uses of a word', () => {
  expect(found('a.ts', '/** A process that goes\n * on. */')).toEqual(['a.ts:1: "goes on": say resumes, continues']);
  expect(found('a.ts', "const says = 'foreign keys';\nconst drawn = '<circle cx=\"1\"/>';")).toEqual([]);
});

/** The folders in which no two files export a type of the same name. */
const ONE_MEANING_EACH = ['checkers'];

it.each(ONE_MEANING_EACH)('every exported type of %s has a name of its own', (folder) => {
  const files = new Map<string, Set<string>>();
  for (const { path, text } of sourcesOf(folder))
    for (const [, name] of text.matchAll(/^export (?:abstract )?(?:interface|type|class) (\w+)/gm))
      files.set(name as string, (files.get(name as string) ?? new Set()).add(path));
  expect(files.size).toBeGreaterThan(0);
  expect([...files].flatMap(([name, paths]) => (paths.size > 1 ? [`${name}: ${[...paths].join(', ')}`] : []))).toEqual(
    [],
  );
});
