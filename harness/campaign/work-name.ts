/** What a campaign is called on a queue, in queue.json of its folder. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../store/whole-file.ts';

/** A coordinator that is resumed continues the same work. */
export function workIn(folder: string): string {
  const file = join(folder, 'queue.json');
  if (existsSync(file)) {
    try {
      const { work } = JSON.parse(readFileSync(file, 'utf8')) as { work?: unknown };
      if (typeof work === 'string' && /^campaign-[0-9a-f]{12}$/.test(work)) return work;
    } catch {
      // A damaged file is replaced.
    }
  }
  const work = `campaign-${randomBytes(6).toString('hex')}`;
  writeWhole(file, `${JSON.stringify({ work })}\n`);
  return work;
}
