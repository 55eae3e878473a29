/** How far a campaign is, in `progress.json` of its folder while it lasts: for whoever looks at the folder. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { failure, writeWhole } from '../store/whole-file.ts';

/** It is written so often at most. */
const EVERY_MS = 1_000;

export const PROGRESS = 'progress.json';

/** Writes as `tell` is called; what cannot be written costs nothing but the look. */
export function progressIn(folder: string, planned: number): { tell(made: number): void; end(): void } {
  const file = join(folder, PROGRESS);
  let toldMs = Date.now();
  return {
    tell(made) {
      if (Date.now() - toldMs < EVERY_MS) return;
      toldMs = Date.now();
      failure(() => writeWhole(file, `${JSON.stringify({ made, planned })}\n`));
    },
    end: () => rmSync(file, { force: true }),
  };
}
