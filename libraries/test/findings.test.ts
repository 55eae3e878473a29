import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** Where one of these fails, the library was fixed: its design no longer needs to go around it. */
const FINDINGS = {
  'automerge-3.5.0-shown.mjs': 'shown 25, loaded again 19\n',
  'loro-1.17.1-unreachable.mjs': 'RuntimeError: unreachable\n',
  'pouchdb-9.0.0-missing.mjs': 'results: ok, conflict\nleaves: resolved, d, missing 3\nwanted from others: no\n',
  'pouchdb-9.0.0-unhandled.mjs': 'unhandled: the source is gone\nreplicated: true\n',
};

it.each(Object.entries(FINDINGS))('what was found in a library is still so: %s', (file, says) => {
  const path = fileURLToPath(new URL(`../findings/${file}`, import.meta.url));
  expect(execFileSync(process.execPath, [path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe(says);
});
