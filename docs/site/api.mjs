// Writes the pages of the programming interface into .vitepress/pages/api: what each export of the two packages is, by
// its doc comments, as typedoc reads them out of the compiled declarations. TypeScript 7 has no compiler interface, so
// typedoc has a TypeScript 6 of its own here. A page is an entry of splitbrain, or a folder of elle-ts, whose one entry
// has some two hundred exports.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';

const root = fileURLToPath(new URL('../..', import.meta.url));
const to = join(root, 'docs/.vitepress/pages/api');
const work = join(root, 'docs/.vitepress/api');
rmSync(work, { recursive: true, force: true });

await pagesOf('splitbrain', entriesOfSplitbrain());
await pagesOf('elle-ts', foldersOfElle());

/** By the name of its page: a module that exports what an entry of package.json does. */
function entriesOfSplitbrain() {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // elle-ts has pages of its own; a star stands for a folder of clients, which say what they are.
  const entries = Object.entries(exports).filter(
    ([path, { types }]) => types !== undefined && path !== './elle-ts' && !path.includes('*'),
  );
  return Object.fromEntries(
    entries.map(([path, { types }]) => [
      path === '.' ? name : path.slice(2),
      `/** @module ${path === '.' ? name : name + path.slice(1)} */\nexport * from '${compiled(types, name)}';\n`,
    ]),
  );
}

/** By the folder of checkers: a module that exports what checkers/index.ts does of it. */
function foldersOfElle() {
  const exported = readFileSync(join(root, 'checkers/dist/index.d.ts'), 'utf8');
  const modules = {};
  for (const [, what, folder = 'history', file] of exported.matchAll(
    /^export ([^;]*?) from '\.\/(?:(.+)\/)?([^/']+)\.[jt]s';$/gm,
  )) {
    const page = folder.replaceAll('/', '-');
    const path = compiled(`checkers/dist/${folder === 'history' ? '' : `${folder}/`}${file}.d.ts`, 'elle-ts');
    modules[page] ??= `/** @module ${folder} */\n`;
    modules[page] += `export ${what} from '${path}';\n`;
  }
  return modules;
}

/** A compiled declaration as the modules of a package, which lie in a folder of work, import it. */
function compiled(declaration, name) {
  return relative(join(work, name), join(root, declaration)).replace(/\.d\.ts$/, '.js');
}

async function pagesOf(name, modules) {
  mkdirSync(join(work, name), { recursive: true });
  const files = Object.entries(modules).map(([page, text]) => {
    const file = join(work, name, `${page}.ts`);
    writeFileSync(file, text);
    return file;
  });
  const compilerOptions = { composite: false, noEmit: true, rootDir: root, types: ['node'] };
  const typeRoots = [join(root, 'node_modules/@types')];
  const tsconfig = join(work, name, 'tsconfig.json');
  writeFileSync(
    tsconfig,
    JSON.stringify({
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: { ...compilerOptions, typeRoots },
      files,
    }),
  );
  const app = await Application.bootstrapWithPlugins({
    ...{ name, tsconfig, entryPoints: files, out: join(to, name), plugin: ['typedoc-plugin-markdown'] },
    ...{ entryFileName: 'index', outputFileStrategy: 'modules', flattenOutputFiles: true, readme: 'none' },
    ...{ disableSources: true, hideBreadcrumbs: true, hidePageHeader: true, githubPages: false },
    ...{ skipErrorChecking: true, logLevel: 'Error', parametersFormat: 'table' },
    // Types that no entry exports are shown by their names.
    validation: { notExported: false, invalidLink: true },
  });
  const project = await app.convert();
  if (!project) throw new Error(`typedoc found nothing in ${name}`);
  await app.generateOutputs(project);
  if (app.logger.hasErrors()) process.exit(1);
}
