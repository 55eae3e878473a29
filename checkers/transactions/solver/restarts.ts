/** When a search begins anew (Luby, Sinclair, Zuckerman, "Optimal speedup of Las Vegas algorithms", IPL 1993). */

/** Conflicts before the first restart; later ones wait for this times Luby's sequence. */
const PATIENCE = 64;

/** Counts conflicts between restarts. */
export class Restarts {
  private conflicts = 0;
  private count = 0;

  conflict(): void {
    this.conflicts++;
  }

  /** Whether it is time, and then counts anew. */
  isDue(): boolean {
    if (this.conflicts < PATIENCE * luby(this.count + 1)) return false;
    this.conflicts = 0;
    this.count++;
    return true;
  }
}

/** The n-th number of 1, 1, 2, 1, 1, 2, 4, ... */
function luby(n: number): number {
  let size = 1;
  while (size < n + 1) size *= 2;
  if (size === n + 1) return size / 2;
  return luby(n - size / 2 + 1);
}
