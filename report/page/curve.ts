/** One curve or cloud of points; `colour` names a variable of the style sheet. */
export interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly points?: boolean;
  readonly dash?: number[];
}
