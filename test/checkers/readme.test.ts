import { readdirSync, readFileSync } from 'node:fs';
import { format } from 'node:util';
import { datatypes } from 'elle-ts';
import { afterEach, expect, it, vi } from 'vitest';

const examples = new URL('./examples/', import.meta.url);
const readme = new URL('../../checkers/README.md', import.meta.url);

/** What the example prints when it is run. */
async function outputOf(name: string): Promise<string> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => lines.push(format(...values)));
  await import(`./examples/${name.replace(/\.ts$/, '')}.ts`);
  return lines.join('\n');
}

function modelsByDatatype(): string {
  const rows: string[] = [];
  const named = new Map<string, string>();
  for (const { name, says, model, models } of datatypes) {
    const list = Object.keys(models).map((one) => (one === model ? `**${one}**` : one));
    const same = named.get(list.join());
    named.set(list.join(), same ?? name);
    rows.push(`| ${name} | ${says} | ${same && list.length > 4 ? `as ${same}` : list.join(', ')} |`);
  }
  return ['| datatype | operations | models |', '|---|---|---|', ...rows].join('\n');
}

afterEach(() => {
  vi.restoreAllMocks();
});

it("the library's README shows the examples that are there, what they print, and the models of the registry", async () => {
  const names = readdirSync(examples).sort();
  let text = readFileSync(readme, 'utf8');
  const blocks = text.match(/```ts\n[\s\S]*?```\n\nprints\n\n```text\n[\s\S]*?```/g) ?? [];
  expect(blocks.length).toBe(names.length);
  for (const [i, name] of names.entries()) {
    const code = readFileSync(new URL(name, examples), 'utf8');
    const shown = `\`\`\`ts\n${code}\`\`\`\n\nprints\n\n\`\`\`text\n${await outputOf(name)}\n\`\`\``;
    text = text.replace(blocks[i] as string, () => shown);
  }
  text = text.replace(/\| datatype \|[\s\S]*?\n(?=\n)/, () => `${modelsByDatatype()}\n`);
  // The README is its own snapshot: `npx vitest run test/checkers/readme.test.ts --update` brings it up to date.
  await expect(text).toMatchFileSnapshot('../../checkers/README.md');
});
