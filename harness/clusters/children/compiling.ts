/** What is written in C: compiled at its first use from the source that is shipped, and kept for all later ones. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where it is, or why there is none and what would help. */
export type Built = { readonly path: string } | { readonly missing: string };

interface Building {
  /** What is built, as the subject of a sentence: `virtual time`. */
  readonly what: string;
  /** The name of its file, before a hash of its sources, and after. */
  readonly name: string;
  readonly extension: string;
  /** The source, and what it includes. */
  readonly parts: readonly [source: string, ...included: string[]];
  readonly flags: readonly string[];
  readonly libraries?: readonly string[];
}

/** Builds it unless that was done before. */
export function built(building: Building): Built {
  const { what, name, extension, parts } = building;
  const hash = createHash('sha256').update(process.arch);
  for (const part of parts) hash.update(readFileSync(part));
  const sum = hash.digest('hex').slice(0, 16);
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'splitbrain');
  const path = join(folder, `${name}-${sum}${extension}`);
  if (existsSync(path)) return { path };
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    return { missing: `${what} needs a place for what it compiles: ${(error as Error).message}` };
  }
  return compiledTo(path, building);
}

function compiledTo(path: string, { what, parts: [source], flags, libraries = [] }: Building): Built {
  const part = `${path}.${process.pid}`;
  for (const compiler of [process.env.CC ?? 'cc', 'gcc', 'clang']) {
    const done = spawnSync(compiler, [...flags, '-o', part, source, ...libraries], { encoding: 'utf8' });
    if (done.error) continue;
    if (done.status !== 0)
      return { missing: `${what} needs a file that ${compiler} does not compile: ${done.stderr.slice(0, 300)}` };
    renameSync(part, path);
    return { path };
  }
  return { missing: `${what} needs a C compiler: install gcc or clang` };
}
