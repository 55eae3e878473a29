/**
 * Turns `async` functions into generators that promises of our own run (platform/promise.ts), and every `Promise` that
 * the code names into those: by the build for what is bundled, and in the page for what its reader edits.
 */
import babel from '@babel/standalone';
import { PROMISES } from './promises-name.mjs';

const HELPER = { module: PROMISES, method: 'asynchronous' };

/** What names a promise without naming a member of something else: `Promise`, not `node.Promise`. */
function namePromises({ types }) {
  return {
    visitor: {
      Program: {
        exit(path) {
          path.scope.crawl();
          if (!path.scope.hasGlobal('Promise')) return;
          const named = types.identifier('Promise');
          path.unshiftContainer(
            'body',
            types.importDeclaration([types.importSpecifier(named, named)], types.stringLiteral(PROMISES)),
          );
        },
      },
    },
  };
}

/** What is imported later is asked for like the rest. */
function requireImports({ types }) {
  return {
    visitor: {
      CallExpression(path) {
        if (path.get('callee').isImport()) path.get('callee').replaceWith(types.identifier('require'));
      },
    },
  };
}

/**
 * The code of a module in JavaScript, lowered, with its source map if asked for. Throws `SyntaxError` with the place
 * (`loc`) where the code is none.
 */
export function lowered(code, { filename, sourceMaps = false, modules } = {}) {
  const plugins = [
    ['transform-async-generator-functions', {}],
    ['transform-async-to-generator', HELPER],
    namePromises,
    ...(modules === 'commonjs' ? [requireImports, ['transform-modules-commonjs', { strict: true }]] : []),
  ];
  return babel.transform(code, {
    filename,
    sourceMaps,
    plugins,
    sourceType: 'module',
    babelrc: false,
    configFile: false,
    compact: false,
    retainLines: true,
  });
}
