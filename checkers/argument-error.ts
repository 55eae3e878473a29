/**
 * What was asked for cannot be had of the history: an unknown name,
 * an initial value or an assumption that means nothing for its datatype.
 */
export class ArgumentError extends RangeError {
  override readonly name = 'ArgumentError';
}
