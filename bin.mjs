#!/usr/bin/env node
// The command `splitbrain`: what was compiled, or what to run where nothing was, as in a folder that was just cloned.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

if (existsSync(new URL('./dist/bundle/main.js', import.meta.url))) {
  try {
    await import('./dist/bundle/main.js');
  } catch (error) {
    // It could not be loaded, as without open files for it. Left alone, Node.js would end with 1: that is a verdict.
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 255;
  }
} else {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  process.stderr.write(`error: splitbrain is not built yet: run node setup.mjs in ${folder}\n`);
  process.exitCode = 255;
}
