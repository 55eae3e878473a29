/** A run's operations and messages, compressed to lie in its report. */
import { gzipSync } from 'node:zlib';
import type { History } from 'elle-ts';
import type { Journalled } from '../harness/clusters/cluster.ts';
import { historyBytes } from './columns.ts';
import { shownMessages } from './messages.ts';

/** The operations. A million take some 10 MB. */
export function packHistory(history: History, workers: Int32Array): Buffer {
  return gzipSync(historyBytes(history, workers), { level: 5 });
}

/** The messages as lines of JSON; nothing where there are none. */
export function packMessages(messages: readonly Journalled[], guessed?: ReadonlySet<string>): Buffer | undefined {
  if (messages.length === 0) return undefined;
  const lines = shownMessages(messages, guessed).map((message) => `${JSON.stringify(message)}\n`);
  return gzipSync(Buffer.from(lines.join('')), { level: 5 });
}
