/**
 * The versions of one shard's keys, each with the transaction that wrote it and, once
 * that is known, when it committed. All of it on disk, and nothing is ever collected: what
 * no snapshot can show any more is kept, as the papers leave its removal to the background.
 */
import { log } from '../blocks/log.ts';
import type { Node } from '../node.ts';

export interface Version {
  readonly start: number;
  /** Which of its transaction's writes this is. */
  readonly ordinal: number;
  readonly value: unknown;
  commit?: number;
}

type Entry =
  | { readonly key: string; readonly version: Version }
  | { readonly start: number; readonly commit: number | null };

export interface Versions {
  readonly entries: Readonly<Record<string, readonly Version[]>>;
  of(key: string): readonly Version[];
  /**
   * Resolves once the version is on disk. A later one of the same transaction replaces it, whatever order they come in.
   */
  add(key: string, version: Version): Promise<void>;
  /** Takes note of what became of a transaction: `null` where it was aborted. */
  settle(start: number, commit: number | null): void;
}

/** Reads the versions that this node's earlier lives left. */
export async function versionsOn({ disk }: Pick<Node, 'disk'>): Promise<Versions> {
  const changes = await log<Entry>(disk, 'versions');
  const entries: Record<string, Version[]> = {};
  const writtenBy = new Map<number, Set<string>>();

  function apply(entry: Entry): void {
    if ('key' in entry) place(entry.key, { ...entry.version });
    else end(entry.start, entry.commit);
  }

  function place(key: string, version: Version): void {
    entries[key] ??= [];
    const versions = entries[key];
    const at = versions.findIndex(({ start }) => start === version.start);
    if (at < 0) versions.push(version);
    else if (versions[at]!.ordinal < version.ordinal) versions[at] = version;
    if (version.commit !== undefined) return;
    const keys = writtenBy.get(version.start) ?? new Set();
    writtenBy.set(version.start, keys.add(key));
  }

  function end(start: number, commit: number | null): void {
    for (const key of writtenBy.get(start) ?? []) {
      const version = entries[key]?.find((one) => one.start === start);
      if (commit === null) entries[key] = entries[key]!.filter((one) => one.start !== start);
      else if (version) version.commit = commit;
    }
    writtenBy.delete(start);
  }

  for (const change of changes.slice(0, changes.length)) apply(change);
  return {
    entries,
    of: (key) => entries[key] ?? [],
    async add(key, version) {
      apply({ key, version });
      await changes.append({ key, version });
    },
    settle(start, commit) {
      if (!writtenBy.has(start)) return;
      apply({ start, commit });
      // Whether this is remembered does not matter: whoever needs to know asks again.
      changes.append({ start, commit }).catch(() => undefined);
    },
  };
}
