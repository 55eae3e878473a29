import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { launched } from '../../../../harness/clusters/virtual/launcher.ts';

describe('what is started in the end', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'launcher-test-')));
  const { PATH } = process.env;
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => {
    process.env.PATH = PATH;
  });
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o755 });
    return path;
  };
  const NODE = process.execPath;

  it('is a binary itself', () => {
    expect(launched(NODE)).toMatchObject({ path: NODE, first: [] });
  });

  it.each([
    [`#!${NODE}\n`, []],
    [`#! ${NODE} --no-warnings --trace\r\n`, ['--no-warnings --trace']],
    [`#!/usr/bin/env ${NODE}\n`, []],
    [`#!/usr/bin/env -S ${NODE} --no-warnings --trace\n`, ['--no-warnings', '--trace']],
  ])('is the interpreter of %j', (text, words) => {
    const script = write(`one${text.length}`, text);
    expect(launched(script)).toMatchObject({ path: NODE, first: [...words, script] });
  });

  it('is the interpreter of an interpreter', () => {
    const outer = write('outer', `#!${NODE} -a\n`);
    const inner = write('inner', `#!${outer}\n`);
    expect(launched(inner)).toMatchObject({ path: NODE, first: ['-a', outer, inner] });
  });

  it.each(['#!/bin/sh\nexec something', '#!/usr/bin/env FOO=1 node\n', '#!/usr/bin/env -i node\n'])(
    'is the script where nobody can see further: %j',
    (text) => {
      const script = write(`script${text.length}`, text);
      expect(launched(script)).toMatchObject({ path: script, first: [] });
    },
  );

  it('is what a version manager means by its shim, and the shim where it does not say', () => {
    mkdirSync(join(folder, 'shims'));
    const manager = write('pyenv', `#!/bin/sh\n[ "$2" = python9 ] && [ "$PYENV_ROOT" = /r ] && echo ${NODE}\n`);
    const shim = `#!/usr/bin/env bash\nexport PYENV_ROOT="/r"\nexec "${manager}" exec "$program" "$@"\n`;
    write('shims/python9', shim);
    const unknown = write('shims/python8', shim);
    process.env.PATH = `${join(folder, 'shims')}:${PATH}`;
    const script = write('by-shim', '#!/usr/bin/env python9\n');
    expect(launched(script)).toMatchObject({ path: NODE, first: [script] });
    expect(launched(unknown)).toMatchObject({ path: unknown, first: [] });
  });
});
