/** Runs of letters that were typed at one place, beside the definition of mixing: every three places of every read. */
import { type Checker, mixedRuns, type Operation, type Verdict } from 'elle-ts';
import { type Chance, chance } from '../checkers/oracle/chance.ts';
import { type Drawn, drawn } from './properties.ts';
import type { Subject } from './subject.ts';

const MODEL = 'unmixed-runs';

type Typed = { readonly values: readonly number[]; readonly after?: number | null };

/** Up to three letters, often where others were typed, too; and reads in which runs are whole, riffled or cut. */
function draw(c: Chance, i: number, before: readonly Drawn[]): Drawn {
  const key = c.maybe(0.9) ? 'a' : 'b';
  const runs = before.flatMap(([f, input, , of]) => (f === 'insert' && of === key ? [(input as Typed).values] : []));
  if (runs.length < 2 || c.maybe(0.5)) {
    const values = Array.from({ length: 1 + c.int(3) }, (_, at) => 10 * i + at);
    const typed = runs.flat();
    const after = typed.length > 0 && c.maybe(0.4) ? { after: c.pick(typed) } : c.maybe(0.5) ? { after: null } : {};
    return ['insert', { values, ...after }, null, key];
  }
  const some = runs.map((run) => run.filter(() => c.maybe(0.9)));
  const whole = some.sort(() => c.int(3) - 1).flat();
  const shown = c.maybe(0.5) ? whole : riffled(c, some);
  return ['read', null, c.maybe(0.1) ? [...shown, -1, ...shown.slice(0, 1)] : shown, key];
}

/** All runs in one, the letters of each in their order. */
function riffled(c: Chance, runs: readonly (readonly number[])[]): readonly number[] {
  const left = runs.map((run) => [...run]).filter(({ length }) => length > 0);
  const shown: number[] = [];
  while (left.length > 0) {
    const at = c.int(left.length);
    shown.push(left[at]!.shift()!);
    if (left[at]!.length === 0) left.splice(at, 1);
  }
  return shown;
}

const values = (insert: Operation) => (insert.input as unknown as Typed).values;
const place = (insert: Operation) => (insert.input as unknown as Typed).after ?? null;

/** Whether no read has a letter of one run between two of another that somebody else put at the same place. */
function unmixed(operations: readonly Operation[]): boolean {
  const inserts = operations.filter(({ f, outcome }) => f === 'insert' && outcome.type !== 'fail');
  return operations.every((read) => {
    if (read.f !== 'read' || read.outcome.type !== 'ok') return true;
    const shown = read.outcome.output as unknown as readonly number[];
    const mixes = (outer: Operation, inner: Operation) =>
      shown.some((one, a) =>
        shown.some((two, b) =>
          shown.some(
            (three, d) =>
              a < b &&
              b < d &&
              values(outer).includes(one) &&
              values(inner).includes(two) &&
              values(outer).includes(three),
          ),
        ),
      );
    return !inserts.some((outer) =>
      inserts.some(
        (inner) =>
          outer.key === read.key &&
          inner.key === read.key &&
          outer.process !== inner.process &&
          place(outer) === place(inner) &&
          mixes(outer, inner),
      ),
    );
  });
}

/** Kleppmann, Gomes, Mulligan & Beresford, "Interleaving anomalies in collaborative text editors", PaPoC 2019. */
export const runs: Subject = {
  name: `list: ${MODEL}`,
  draw: (seed) => drawn(chance(seed), { draw, operations: 9 }),
  judge: (history): Record<string, Verdict> => ({ [MODEL]: (mixedRuns() as unknown as Checker).check(history) }),
  truth: (history) => ({ [MODEL]: unmixed([...history]) }),
};
