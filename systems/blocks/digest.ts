/**
 * A digest of a sequence of texts: that of what came before, and the
 * next one. Equal sequences have equal digests; others hardly ever do.
 */
export function digestOf(before: number, text: string): number {
  let next = Math.imul(before, 31) + 17;
  for (let i = 0; i < text.length; i++) next = (Math.imul(next, 31) + text.charCodeAt(i)) | 0;
  return next;
}
