/**
 * An argument that does not fit the history: an unknown name, or an initial
 * value or an assumption that means nothing for the history's datatype.
 */
export class ArgumentError extends RangeError {
  override readonly name = 'ArgumentError';
}
