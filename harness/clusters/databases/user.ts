/** The user that nodes run as; nothing where they run as whoever runs the harness. */
export interface User {
  readonly uid?: number;
  readonly gid?: number;
}

/** Some databases refuse to run as root. */
const NOBODY = 65_534;

/** Nobody, where root runs the harness. */
export function userOf(): User {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}
