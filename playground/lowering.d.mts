/** The code, and its source map if asked for. */
export interface Lowered {
  readonly code: string;
  readonly map?: object;
}
export function lowered(
  code: string,
  options?: { readonly filename?: string; readonly sourceMaps?: boolean; readonly modules?: 'commonjs' },
): Lowered;
