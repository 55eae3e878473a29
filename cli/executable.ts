/** `--program NAME=PATH`: which executable of a database is taken. */
import { UsageError } from './exit.ts';

/** `postgres=npm:14.3.0-beta.6`, beside what was said before. */
export function executable(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, path] = /^([\w-]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || path === undefined)
    throw new UsageError(`a program is written etcd=/path/to/etcd, not "${text}"`);
  return { ...before, [name]: path };
}
