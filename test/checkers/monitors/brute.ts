/** Linearizability by definition: try all orders of the operations. For small histories only. */
import { type Api, FAIL, type History, type Model, NEVER, OK } from 'elle-ts';

type Step<S> = (state: S, input: unknown) => readonly [S, unknown];

/** Whether some order of all `ok` and some `info` operations respects real time and the model. Exponential. */
export function linearizableByDefinition<A extends Api, S>(history: History<A>, model: Model<A, S>): boolean {
  const { columns } = history;
  const rows = [...Array(history.length).keys()].filter((row) => columns.type[row] !== FAIL);
  const seen = new Set<string>();
  const stack: { left: readonly number[]; state: S }[] = [{ left: rows, state: model.init }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { left, state } = top;
    const memo = `${left.join()}|${JSON.stringify(state)}`;
    if (seen.has(memo)) continue;
    seen.add(memo);
    if (left.every((row) => columns.type[row] !== OK)) return true;
    const due = Math.min(...left.map((row) => (columns.type[row] === OK ? (columns.end[row] as number) : NEVER)));
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
  const [after, output] = (model.step[f] as unknown as Step<S>)(state, columns.input[row]);
  if (columns.type[row] !== OK) return after;
  const observed = columns.output[row];
  const same = model.same ? model.same(f, output, observed) : JSON.stringify(output) === JSON.stringify(observed);
  return same ? after : undefined;
}
