/** Which runs keep their folders, of half a megabyte each. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { useUp } from '../pool/pool.ts';
import type { CampaignOptions, Keep } from './campaign-options.ts';
import type { Matrix, Plan, Planned } from './matrix.ts';
import { poolFor } from './run-pool.ts';
import type { CellSum } from './sum.ts';

/** Where a run's folder is to be while it is made; undefined where it needs none. */
export function keptFolder({ folder: own, wanted }: Planned, folder: string, keep: Keep): string | undefined {
  if (keep !== 'all' && wanted.cluster === 'simulation') return undefined;
  const path = join(folder, own);
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

/** Makes the simulated runs that show something once more, each with its folder, unless that is there. */
export async function makeKept(
  plan: Plan,
  sums: ReadonlyMap<number, CellSum>,
  folder: string,
  matrix: Matrix,
  options: CampaignOptions,
): Promise<void> {
  if (matrix.cluster !== 'simulation' || options.keep === 'none') return;
  // What failed would fail again, and may take this process along.
  const witnesses = [...sums.values()].flatMap(({ shown, undecided }) =>
    [...Object.values(shown), undecided].flatMap(({ first }) => first.map(({ place }) => place)),
  );
  const wanted = [...new Set(witnesses)]
    .map((place) => plan.at(place))
    .map((planned) => ({ planned, path: join(folder, planned.folder) }))
    .filter(({ path }) => !existsSync(path));
  for (const { path } of wanted) mkdirSync(dirname(path), { recursive: true });
  const pool = await poolFor(matrix, options);
  await useUp(pool, wanted.values(), async (task) => {
    // Where one cannot be made again, its verdict stands without it.
    await pool.make(task).catch(() => undefined);
  });
}
