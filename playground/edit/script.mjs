/**
 * The scripts beside the page that editing needs, loaded when somebody edits: `editor.js`, the editor with what lowers
 * and runs code, and `pieces.js`, the designs as JavaScript.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { forPage } from '../for-page.mjs';
import { scriptOf } from '../script-of.mjs';
import { plainModules } from './plain.mjs';
import { whereDesignsAre } from './where.mjs';

const SANDBOX = 'splitbrain:sandbox';

/** The text of the frame's worker, before the edited code. */
function sandbox(define) {
  return {
    name: 'splitbrain-sandbox',
    resolveId: (name) => (name === SANDBOX ? `\0${SANDBOX}` : undefined),
    async load(id) {
      if (id !== `\0${SANDBOX}`) return undefined;
      return `export default ${JSON.stringify(await scriptOf('edit/sandbox.ts', [forPage()], define))};`;
    },
  };
}

/** Babel comes as the script that it is published as. */
const BABEL = '@babel/standalone';
const babel = {
  name: 'splitbrain-babel',
  enforce: 'pre',
  resolveId: (name) => (name === BABEL ? `\0${BABEL}` : undefined),
  load: (id) => (id === `\0${BABEL}` ? 'export default globalThis.Babel;' : undefined),
};

/** The script that brings the editor. */
async function editorScript(define) {
  const published = readFileSync(createRequire(import.meta.url).resolve(`${BABEL}/babel.min.js`), 'utf8');
  return `${published}\n${await scriptOf('edit/editor.ts', [babel, sandbox(define)], define)}`;
}

/** The script that brings the designs as JavaScript. */
async function piecesScript() {
  const modules = plainModules();
  const designs = await whereDesignsAre(Object.keys(modules));
  return `globalThis.splitbrainPieces = ${JSON.stringify({ modules, designs })};\n`;
}

/** Puts both beside the page. */
export function editing(define) {
  return {
    name: 'splitbrain-editing',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'editor.js', source: await editorScript(define) });
      this.emitFile({ type: 'asset', fileName: 'pieces.js', source: await piecesScript() });
    },
  };
}
