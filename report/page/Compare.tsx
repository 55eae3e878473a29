import { VERDICT_WORDS } from '../../harness/judging/verdict-words.ts';
import type { Entry, FinishedRun } from './data.ts';
import { Scrollable } from './Scrollable.tsx';
import { recoveredText } from './time.ts';

type Run = Entry & FinishedRun;

/** Runs side by side, a row for each fact and each model; rows that differ stand out. */
export function Compare(props: { readonly runs: readonly Run[]; readonly onDone: () => void }) {
  const { runs } = props;
  const models = [...new Set(runs.flatMap((run) => Object.keys(run.models)))];
  const rows: [name: string, values: string[]][] = [
    ['verdict', runs.map((run) => VERDICT_WORDS[run.verdict])],
    ['why', runs.map((run) => run.says)],
    ['anomalies', runs.map((run) => run.anomalies.join(', ') || 'none')],
    ...models.map((model): [string, string[]] => [
      model,
      runs.map((run) => (run.models[model] ? VERDICT_WORDS[run.models[model]] : 'not judged')),
    ]),
    ['workload', runs.map((run) => run.workload)],
    ['faults', runs.map((run) => run.faults.join(', ') || 'none')],
    ['cluster', runs.map((run) => run.cluster)],
    ['seed', runs.map((run) => String(run.seed))],
    ['calls', runs.map((run) => run.calls.toLocaleString('en'))],
    ['messages', runs.map((run) => run.messages.toLocaleString('en'))],
    ['recovered', runs.map((run) => recoveredText(run.faults.length, run.recoveryMs) ?? 'no fault to recover from')],
  ];
  return (
    <section aria-labelledby="compare-title" id="compare">
      <h2 id="compare-title">Compared</h2>
      <Scrollable class="wide" label="Table of the runs compared">
        <table>
          <thead>
            <tr>
              <th scope="col">
                <button type="button" onClick={props.onDone}>
                  Done
                </button>
              </th>
              {runs.map((run) => (
                <th key={run.path} scope="col">
                  <bdi>{run.system}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, values]) => (
              <tr key={name} class={new Set(values).size > 1 ? 'differs' : ''}>
                <th scope="row">{name}</th>
                {values.map((value, place) => (
                  <td key={`${place}`}>
                    <bdi>{value}</bdi>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrollable>
    </section>
  );
}
