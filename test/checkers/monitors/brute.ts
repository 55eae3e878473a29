/** Linearizability by definition: try all orders of the operations. For small histories only. */
import { type Api, FAIL, type History, INFO, type Model, NEVER, OK } from 'elle-ts';

type Step<S> = (state: S, input: unknown) => readonly [S, unknown];

/** Whether some order of all `ok` and some `info` operations respects real time and the model. Exponential. */
export function linearizableByDefinition<A extends Api, S>(history: History<A>, model: Model<A, S>): boolean {
  const { columns } = history;
  const rows = [...Array(history.length).keys()].filter(
    (row) => columns.type[row] !== FAIL || refusal(history, model, row),
  );
  const seen = new Set<string>();
  const stack: { left: readonly number[]; state: S }[] = [{ left: rows, state: model.init }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { left, state } = top;
    const memo = `${left.join()}|${JSON.stringify(state)}`;
    if (seen.has(memo)) continue;
    seen.add(memo);
    if (left.every((row) => columns.type[row] === INFO)) return true;
    const due = Math.min(...left.map((row) => (columns.type[row] === INFO ? NEVER : (columns.end[row] as number))));
    for (const row of left) {
      const after = (columns.start[row] as number) <= due ? stepped(history, model, row, state) : undefined;
      if (after !== undefined) stack.push({ left: left.filter((other) => other !== row), state: after });
    }
  }
  return false;
}

/** The state after the operation in `row`, or undefined where it is not legal. */
function stepped<A extends Api, S>({ columns }: History<A>, model: Model<A, S>, row: number, state: S): S | undefined {
  const f = columns.fNames[columns.f[row] as number] as keyof A & string;
  if (columns.type[row] === FAIL)
    return refusal({ columns }, model, row)?.(state, columns.input[row]) ? state : undefined;
  const [after, output] = (model.step[f] as unknown as Step<S>)(state, columns.input[row]);
  if (columns.type[row] !== OK || model.observes?.includes(f) === false) return after;
  const observed = columns.output[row];
  const same = model.same ? model.same(f, output, observed) : JSON.stringify(output) === JSON.stringify(observed);
  return same ? after : undefined;
}

/** In which states the operation in `row` may have failed as it did; `undefined` where that was no observation. */
function refusal<A extends Api, S>({ columns }: Pick<History<A>, 'columns'>, model: Model<A, S>, row: number) {
  const f = columns.fNames[columns.f[row] as number] as keyof A & string;
  const byError = model.refuses?.[f] as Record<string, (state: S, input: unknown) => boolean> | undefined;
  const error = columns.error.get(row) ?? '';
  return byError && Object.hasOwn(byError, error) ? byError[error] : undefined;
}
