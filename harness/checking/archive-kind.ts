/** Which kind of archive a file is that begins so; undefined where it is none that is known. */
export function archiveKind(head: Uint8Array): 'zip' | 'tar' | undefined {
  if (hasAt(head, 0, 'PK\x03\x04')) return 'zip';
  return hasAt(head, 257, 'ustar') ? 'tar' : undefined;
}

function hasAt(bytes: Uint8Array, at: number, mark: string): boolean {
  return [...mark].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
}
