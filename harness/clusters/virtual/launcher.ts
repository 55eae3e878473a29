/**
 * What is started in the end where a program is a script: its interpreter itself, past /usr/bin/env and the shims of
 * version managers. Those are shells that look for the interpreter by running others, which takes longer than a run,
 * and into none of which a library may be preloaded.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { executableOf } from '../../setting/program-source.ts';

/** An executable, and the words that come before the program's own. */
export interface Launched {
  readonly path: string;
  readonly first: readonly string[];
  /** How the executable begins. */
  readonly head: Buffer;
}

/** A script may be run by a script, and so on: as far as Linux itself goes. */
const DEEPEST = 4;
/** What a version manager may take to say which interpreter it means. */
const WHICH_MS = 5000;

const known = new Map<string, Launched>();

/** Follows what the command's first line names. Throws `BadInput` where something in the chain cannot be started. */
export function launched(command: string): Launched {
  const one = known.get(command) ?? followed(command, 0);
  known.set(command, one);
  return one;
}

function followed(command: string, depth: number): Launched {
  const { path, head } = executableOf(command);
  const script = { path, first: [], head };
  const line = /^#![ \t]*(\S+)(?:[ \t]+([^\n]*?))?[ \t\r]*\n/.exec(head.toString('latin1'));
  if (!line || depth >= DEEPEST) return script;
  const meant = shimmed(path);
  if (meant !== undefined) return meant === path ? script : followed(meant, depth + 1);
  const words = interpreterIn(line[1]!, line[2]);
  if (!words) return script;
  const [interpreter, ...own] = words;
  const next = followed(interpreter!, depth + 1);
  // Past a shell that starts something else nobody can see: it is started as it is.
  return isShell(next.path) ? script : { ...next, first: [...next.first, ...own, path] };
}

/** The interpreter that a first line names, and its words; nothing where `env` is told more than its name. */
function interpreterIn(named: string, rest: string | undefined): readonly string[] | undefined {
  if (basename(named) !== 'env') return rest === undefined ? [named] : [named, rest];
  const words = (rest ?? '').split(/[ \t]+/);
  const [first, ...more] = words[0] === '-S' ? words.slice(1) : words;
  if (first === undefined || first === '' || /^-|=/.test(first)) return undefined;
  return words[0] === '-S' || more.length === 0 ? [first, ...more] : [words.join(' ')];
}

const isShell = (path: string) => /^(ba|da|z|k)?sh$/.test(basename(path));

/** What stands behind a shim of pyenv, rbenv, nodenv and the like, as the manager itself says; nothing for others. */
function shimmed(path: string): string | undefined {
  if (basename(dirname(path)) !== 'shims') return undefined;
  const text = readFileSync(path, 'latin1');
  const manager = /^exec "?([^\s"]*(?:pyenv|rbenv|nodenv|goenv))"? exec /m.exec(text)?.[1];
  if (manager === undefined) return undefined;
  const [, variable = 'ROOT', root = ''] = /^export (\w+_ROOT)="([^"]*)"/m.exec(text) ?? [];
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    ...(root === '' ? {} : { [variable]: root }),
  };
  const asked = spawnSync(manager, ['which', basename(path)], { encoding: 'utf8', env, timeout: WHICH_MS });
  const found = asked.status === 0 ? asked.stdout.trim() : '';
  return found.startsWith('/') ? found : undefined;
}
