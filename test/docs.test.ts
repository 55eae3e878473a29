/** README and the pages of docs: what the registries print is as printed, and every block and link is good. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { datatypeOf, modelDefinitions } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { FILES } from '../cli/init.ts';
import { LISTS, tableOf } from '../cli/list.ts';
import { neighboursOf } from '../cli/models-table.ts';
import { commandLine } from '../cli/program.ts';
import { INSTALLED_FROM } from '../cli/published.ts';
import { campaignSchema } from '../harness/campaign/file.ts';
import { blocksOf, PAGES, ROOT, textOf } from './docs-blocks.ts';

const WORKFLOW = '.github/workflows/splitbrain.yml';
const README_LINES = 150;
const HELP_COLUMNS = 100;

/** Holds a file to what is printed, or writes it. */
function printed(file: string, text: string): void {
  if (process.env.UPDATE_README) writeFileSync(join(ROOT, file), text);
  else expect(textOf(file)).toBe(text);
}

/** What a page says beside its table. */
const MORE: Readonly<Record<string, string>> = {
  designs: `
The last column counts the verdicts of one recorded exploration in the simulation, of which systems/exploration.json
has each: how many of a design's systems kept their claims, and how many were refuted. A *slide* is a design as the talk
had it that this project began with, a *twin* a sound one with a line wrong, which must be caught.

![What designs give up: systems by faults by models](../comparison.png)
`,
  models: `
A history that obeys a model obeys all that it implies. \`splitbrain models A B\` prints the smallest history that one
allows and the other forbids, \`splitbrain list anomalies\` what refutes a model.
`,
};

/** The table of models with what each says, by whom, and which it implies directly in each of its datatypes. */
function defined(table: string): string {
  const [headings, line, ...rows] = table.split('\n');
  const more = (row: string) => {
    const [, name = '', of = ''] = row.split('|').map((cell) => cell.trim());
    const weaker = of.split(', ').map((type) => neighboursOf(datatypeOf(type), name).weaker);
    const says = modelDefinitions[name] ?? datatypeOf(of.split(', ')[0]!).says;
    return ` ${says.replaceAll('|', '\\|')} | ${[...new Set(weaker.flat())].join(', ')} |`;
  };
  return [
    `${headings} what it says, and who defined it | implies |`,
    `${line}---|---|`,
    ...rows.map((row) => row + more(row)),
  ].join('\n');
}

/** The table of designs with what the recorded exploration found of each (bench/exploration.ts). */
function explored(table: string): string {
  const verdicts = JSON.parse(readFileSync(join(ROOT, 'systems/exploration.json'), 'utf8')) as Record<string, string>;
  const [headings, line, ...rows] = table.split('\n');
  const found = (row: string) => {
    const design = row.split('|')[1]!.trim();
    const of = Object.keys(verdicts).filter((name) => name.split('/')[0] === design);
    const count = (verdict: string) => of.filter((name) => verdicts[name]!.startsWith(verdict)).length;
    const texts = ['kept', 'refuted'].flatMap((verdict) =>
      count(verdict) > 0 ? [`${count(verdict)} ${verdict}`] : [],
    );
    return texts.join(', ') || 'not explored yet';
  };
  return [`${headings} exploration |`, `${line}---|`, ...rows.map((row) => `${row} ${found(row)} |`)].join('\n');
}

describe('docs/reference (UPDATE_README=1 writes it)', () => {
  it.each(LISTS)('%s.md is what `splitbrain list` prints', (what) => {
    const table = tableOf(what);
    const more = MORE[what] ?? '';
    const text = what === 'designs' ? explored(table) : what === 'models' ? defined(table) : table;
    printed(`docs/reference/${what}.md`, `# ${what}\n\nPrinted by \`splitbrain list ${what}\`.\n${more}\n${text}\n`);
  });

  it('commands.md is what the commands say of themselves', async () => {
    const whole = await commandLine();
    const pages = [whole, ...whole.commands].map((command) => {
      let help = '';
      command.configureHelp({ helpWidth: HELP_COLUMNS }).configureOutput({
        writeOut: (text) => {
          help += text;
        },
      });
      command.outputHelp();
      const name = command === whole ? 'splitbrain' : command.name();
      return `## ${name}\n\n\`\`\`text norun: what --help prints\n${help.trim()}\n\`\`\`\n`;
    });
    printed('docs/reference/commands.md', `# commands\n\nPrinted by \`--help\`.\n\n${pages.join('\n')}`);
  });

  it('campaign.schema.json is as the registries have it', () => {
    printed('campaign.schema.json', `${JSON.stringify(campaignSchema(), null, 2)}\n`);
  });

  it('the workflow on docs/guides/in-ci.md is what `splitbrain init` writes', () => {
    const page = 'docs/guides/in-ci.md';
    const block = `\`\`\`yaml norun: test/cli/ci.test.ts runs it\n${FILES[WORKFLOW]!.trimEnd()}\n\`\`\``;
    printed(
      page,
      textOf(page).replace(
        /(<!-- workflow -->\n)[\s\S]*?(<!-- end -->)/,
        (_, from, to) => `${from}\n${block}\n\n${to}`,
      ),
    );
  });
});

describe('README.md and docs', () => {
  it('README.md is short', () => {
    expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(README_LINES);
  });

  it.each(PAGES)('%s says of every block what a test does with it', (page) => {
    const wrong = blocksOf(page).filter(({ mark, language }) => {
      // The page on programs names its files in the text before them (test/programs/docs.test.ts).
      return language !== 'py' && !/^(run(:databases)?(:\d+)?|norun: \S.*)$/.test(mark);
    });
    expect(wrong.map(({ mark, text }) => `${mark || 'unmarked'}: ${text.split('\n')[0]}`)).toEqual([]);
  });

  it.each(PAGES)('%s has links that lead somewhere', (page) => {
    const prose = textOf(page).replaceAll(/^```[\s\S]*?^```$/gm, '');
    const links = [...prose.matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
  });

  it('install splitbrain from where it is: by its name once that is in the registry, and never before', () => {
    const texts = [...PAGES.map(textOf), textOf('action.yml'), ...Object.values(FILES)];
    const installs = texts.flatMap((text) =>
      [...text.matchAll(/npm install --save-dev (\S+)/g)].map(([, one]) => one!),
    );
    expect(installs.length).toBeGreaterThan(1);
    expect([...new Set(installs)]).toEqual([INSTALLED_FROM]);
    const fetched = texts.flatMap((text) => text.match(/npx (-y|--yes|--package)\b.*|(splitbrain|elle-ts)@\S+/g) ?? []);
    expect(fetched).toEqual([]);
  });

  it('name only commands that exist', async () => {
    const known = [...(await commandLine()).commands.map((command) => command.name()), 'test'];
    const named = PAGES.flatMap((page) =>
      [...textOf(page).matchAll(/\b(?:npx|npm start --|`) ?splitbrain (\w+)/g)].map(([, one]) => one!),
    );
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((one) => !known.includes(one))).toEqual([]);
  });
});

it('ARCHITECTURE.md names only files that exist', () => {
  const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  const files = [...text.matchAll(/\b((?:systems|harness|test)\/[\w/.-]+\.ts)\b/g)].map(([, file]) => file!);
  expect(files.length).toBeGreaterThan(5);
  for (const file of new Set(files)) expect(() => readFileSync(join(ROOT, file)), file).not.toThrow();
});
