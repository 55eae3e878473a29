/**
 * The designs as JavaScript, for whoever edits them in the page: types are stripped, comments kept, and the whole
 * written as the formatter would. A module becomes a piece that can be put one after the other into one file.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vite';

const require = createRequire(import.meta.url);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ELLE = 'checkers/index.ts';
const FORMAT = {
  formatter: { indentStyle: 'space', lineWidth: 120 },
  javascript: { formatter: { quoteStyle: 'single' } },
};

/** The comment of a type, which would be left alone. */
const TYPES_COMMENT = /\/\*\*(?:[^*]|\*(?!\/))*\*\/\s*(?=(?:export )?(?:declare )?(?:interface|type) \w)/g;

/** The modules that designs are made of, by path from the root: `{ code, imports, exports }` each. */
export function plainModules() {
  const files = readdirSync(join(ROOT, 'systems'), { recursive: true, encoding: 'utf8' })
    .map((path) => `systems/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.endsWith('/registry.ts'));
  const texts = new Map();
  const add = (path) => {
    if (texts.has(path)) return;
    const text = stripped(path);
    texts.set(path, text);
    for (const { from } of importsOf(text, path)) add(from);
  };
  for (const path of files) add(path);
  return Object.fromEntries([...formatted(texts)].map(([path, text]) => [path, pieceOf(text, path)]));
}

function stripped(path) {
  const { transformSync } = require('@swc/wasm-typescript');
  const text = readFileSync(join(ROOT, path), 'utf8').replace(TYPES_COMMENT, '');
  return transformSync(text, { mode: 'strip-only', filename: path, module: true }).code;
}

/** All texts as the formatter writes them: removed types leave holes. */
function formatted(texts) {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-plain-'));
  try {
    writeFileSync(join(folder, 'biome.json'), JSON.stringify(FORMAT));
    const place = (path) => join(folder, path.replace(/\.ts$/, '.js'));
    for (const [path, text] of texts) {
      mkdirSync(dirname(place(path)), { recursive: true });
      writeFileSync(place(path), text);
    }
    const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
    const { status, stderr } = spawnSync(process.execPath, [biome, 'format', '--write', '--config-path=.', '.'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`the designs cannot be formatted: ${stderr}`);
    return new Map([...texts.keys()].map((path) => [path, readFileSync(place(path), 'utf8')]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a module imports, by the paths of the modules that have it. */
function importsOf(text, path) {
  return parseAst(text).body.flatMap((node) => {
    if (node.type !== 'ImportDeclaration' || node.specifiers.length === 0) return [];
    const names = node.specifiers.map(({ imported, local }) => [imported.name, local.name]);
    if (node.source.value === 'elle-ts')
      return names.map((name) => ({ from: elleModule(name[0]), names: [name], node }));
    return [{ from: posix.join(posix.dirname(path), node.source.value), names, node }];
  });
}

/** Which module of elle-ts has this export. */
function elleModule(name) {
  const index = readFileSync(join(ROOT, ELLE), 'utf8');
  const [, from] = new RegExp(`export \\{[^}]*\\b${name}\\b[^}]*\\} from '\\./([^']+)'`).exec(index) ?? [];
  if (from === undefined) throw new Error(`elle-ts does not export ${name}`);
  return `checkers/${from}`;
}

/** The module without imports and exports, which are told beside it. */
function pieceOf(text, path) {
  const body = parseAst(text).body;
  const imports = importsOf(text, path);
  const exports = [];
  const cuts = [];
  for (const node of body) {
    if (node.type === 'ImportDeclaration') cuts.push([node.start, node.end]);
    else if (node.type === 'ExportNamedDeclaration' && node.declaration) {
      exports.push(...namesOf(node.declaration));
      cuts.push([node.start, node.declaration.start]);
    } else if (node.type.startsWith('Export')) throw new Error(`${path}: ${node.type} is not known here`);
  }
  let code = text;
  for (const [from, to] of cuts.reverse()) code = code.slice(0, from) + code.slice(to);
  return {
    code: code.replace(/\n{3,}/g, '\n\n').trim(),
    imports: imports.map(({ from, names }) => ({ from, names })),
    exports,
  };
}

function namesOf(declaration) {
  if (declaration.type !== 'VariableDeclaration') return [declaration.id.name];
  return declaration.declarations.map(({ id }) => id.name);
}
