/** The reader's own code of a design, kept in the page's storage: it survives a reload, and never goes anywhere. */

const KEPT = 'splitbrain-design ';

/** The code of the design of this name as it was left; undefined where it was not edited, or nothing may be kept. */
export function ownCode(name: string): string | undefined {
  try {
    return localStorage.getItem(KEPT + name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps it, or forgets it where it is undefined. Whether that was possible. */
export function keepCode(name: string, code: string | undefined): boolean {
  try {
    if (code === undefined) localStorage.removeItem(KEPT + name);
    else localStorage.setItem(KEPT + name, code);
    return true;
  } catch {
    return false;
  }
}
