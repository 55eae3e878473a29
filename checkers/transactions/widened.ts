/** The same column with room for twice as many rows. */
export function widened(column: Int32Array): Int32Array<ArrayBuffer> {
  const wide = new Int32Array(column.length * 2 + 64);
  wide.set(column);
  return wide;
}
