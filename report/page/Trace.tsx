import { useEffect, useRef } from 'preact/hooks';
import type { ComparedCell, ComparedRun, Comparison } from '../../harness/compare/comparison.ts';
import { percentText, valueText } from './figure-text.ts';
import { TableHead } from './TableHead.tsx';

/** What the dialog is about: a model's step, a figure, or one run. */
export type Subject =
  | { readonly kind: 'model'; readonly system: string; readonly cell: ComparedCell; readonly model: string }
  | { readonly kind: 'figure'; readonly system: string; readonly cell: ComparedCell; readonly key: string }
  | { readonly kind: 'run'; readonly run: ComparedRun; readonly from: Subject };

interface TraceProps {
  readonly comparison: Comparison;
  readonly subject: Subject;
  readonly onOpen: (subject: Subject) => void;
  readonly onDone: () => void;
}

/**
 * Where a figure comes from: the first click shows its runs with their own shares in it, the second one of the runs.
 */
export function Trace(props: TraceProps) {
  const { subject } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (dialog.current && !dialog.current.open) dialog.current.showModal();
  }, []);
  useEffect(() => {
    dialog.current?.scrollTo(0, 0);
  }, [subject]);
  return (
    <dialog ref={dialog} class="trace" aria-labelledby="trace-title" onClose={props.onDone}>
      <div class="trace-bar">
        {subject.kind === 'run' && (
          <button type="button" onClick={() => props.onOpen(subject.from)}>
            Back
          </button>
        )}
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      {subject.kind === 'run' && <Run {...props} run={subject.run} />}
      {subject.kind === 'model' && <Model {...props} subject={subject} />}
      {subject.kind === 'figure' && <Figure {...props} subject={subject} />}
    </dialog>
  );
}

function where({ group }: ComparedCell): string {
  return group === 'none' ? 'no faults' : group;
}

function Model(props: TraceProps & { readonly subject: Extract<Subject, { kind: 'model' }> }) {
  const { comparison, subject } = props;
  const { system, cell, model } = subject;
  const own = cell.models[model];
  const witness = own?.witness === undefined ? undefined : comparison.runs[own.witness];
  const proof = witness?.models[model]?.anomaly;
  return (
    <>
      <h2 id="trace-title">
        <bdi>{system}</bdi>: {model} under {where(cell)}
      </h2>
      {own && (
        <p>
          Held in {own.held} runs, violated in {own.violated}, unknown in {own.unknown}.
          {own.ratio && ` Clean in ${percentText(own.ratio)} of 1 s windows.`}
        </p>
      )}
      {witness && proof && (
        <div class="witness">
          <p>
            <b>{proof.name}</b>: <bdi>{proof.message}</bdi>
          </p>
          <ol>
            {proof.steps.map((step, i) => (
              <li key={`${i}`}>
                <bdi>{step}</bdi>
              </li>
            ))}
          </ol>
          <p>
            The smallest witness: <RunLink run={witness} />
          </p>
        </div>
      )}
      <Runs
        {...props}
        head={['clean windows', model]}
        cellsOf={(run) => {
          const one = run.models[model];
          if (!one) return ['–', '–'];
          const word = {
            valid: 'held',
            invalid: `violated: ${one.anomaly?.name ?? ''}`,
            unknown: `unknown: ${one.reason ?? ''}`,
          };
          return [`${one.windows - one.dirty} of ${one.windows}`, word[one.type]];
        }}
      />
    </>
  );
}

function Figure(props: TraceProps & { readonly subject: Extract<Subject, { kind: 'figure' }> }) {
  const { comparison, subject } = props;
  const { system, cell, key } = subject;
  const figure = comparison.figures.find((one) => one.key === key);
  const value = cell.values[key];
  if (!figure || !value) return null;
  return (
    <>
      <h2 id="trace-title">
        <bdi>{system}</bdi>: {figure.name} under {where(cell)}
      </h2>
      <p class="value">{valueText(value, figure.unit)}</p>
      {value.note && <p>{value.note}</p>}
      <p class="why">{figure.says}.</p>
      <Runs
        {...props}
        head={[figure.name, 'verdict']}
        cellsOf={(run) => {
          const one = run.values[key];
          return [one === undefined ? '–' : valueText({ value: one }, figure.unit), run.verdict];
        }}
      />
    </>
  );
}

function Runs(
  props: TraceProps & { readonly head: readonly string[]; readonly cellsOf: (run: ComparedRun) => readonly string[] },
) {
  const { subject, comparison, head, cellsOf } = props;
  if (subject.kind === 'run') return null;
  const runs = subject.cell.runs.flatMap((place) => comparison.runs[place] ?? []);
  return (
    <table>
      <caption>Runs</caption>
      <TableHead names={['run', ...head]} />
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <td>
              <button type="button" class="figure" onClick={() => props.onOpen({ kind: 'run', run, from: subject })}>
                seed {run.seed}
              </button>
            </td>
            {cellsOf(run).map((text, i) => (
              <td key={`${i}`}>
                <bdi>{text}</bdi>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A link to the run's report where it was kept, else its seed: the command repeats it. */
function RunLink({ run }: { readonly run: ComparedRun }) {
  if (!run.kept) return <>seed {run.seed}</>;
  const folder = run.id.split('/').map(encodeURIComponent).join('/');
  return <a href={`${folder}/report.html`}>report of the run with seed {run.seed}</a>;
}

function Run({ comparison, run }: TraceProps & { readonly run: ComparedRun }) {
  return (
    <>
      <h2 id="trace-title">
        <bdi>{run.system}</bdi> under {run.group === 'none' ? 'no faults' : run.group}, seed {run.seed}
      </h2>
      <p>
        <bdi>{run.says}</bdi>
      </p>
      {run.kept && (
        <p>
          <RunLink run={run} />
        </p>
      )}
      <p class="why">
        {comparison.cluster === 'simulation'
          ? 'This makes the same run again, to the byte, with its history and report:'
          : 'This runs the same plan again:'}
      </p>
      <div class="command">
        <code>
          <bdi>{run.command}</bdi>
        </code>
      </div>
      <div class="columns">
        <table>
          <caption>Its figures</caption>
          <tbody>
            {comparison.figures.map(({ key, name, unit }) => {
              const value = run.values[key];
              if (value === undefined) return null;
              return (
                <tr key={key}>
                  <th scope="row">{name}</th>
                  <td>{valueText({ value }, unit)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
        <table>
          <caption>What it shows of each model</caption>
          <tbody>
            {Object.entries(run.models).map(([model, { type, anomaly, reason }]) => (
              <tr key={model}>
                <th scope="row">{model}</th>
                <td>
                  <bdi>
                    {{ valid: 'held', invalid: anomaly?.message ?? 'violated', unknown: reason ?? 'unknown' }[type]}
                  </bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
