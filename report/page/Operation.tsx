import type { Message } from './data.ts';
import { type Run, rootOf, select } from './run.ts';
import { useStore } from './store.ts';
import { durationText, momentText } from './time.ts';

/** The selected operation: all that is known of it, with the link that leads to it. */
export function Operation({ run }: { readonly run: Run }) {
  const row = useStore(run.selected);
  const messages = useStore(run.messages);
  if (row < 0) return <p class="hint">{HINT}</p>;
  const { ops } = run;
  const { columns } = ops;
  const start = columns.start[row]!;
  const anomaly = run.marked[row]!;
  const error = ops.error(row);
  const caused = messages.filter((message) => message.root === rootOf(run, row));
  return (
    <article class="selected" aria-label="Selected operation" aria-live="polite">
      <header>
        <h3>
          <span class={`outcome ${ops.outcome(row)}`}>{ops.outcome(row)}</span> <bdi>{ops.label(row)}</bdi>
        </h3>
        <a href={`#op-${start}`}>#op-{start}</a>
        {anomaly > 0 && <a href={`#anomaly-${anomaly}`}>proves anomaly {anomaly}</a>}
        <button type="button" aria-label="Close" onClick={() => select(run, -1)}>
          ×
        </button>
      </header>
      <dl class="facts">
        <Fact name="process" value={String(columns.process[row])} />
        <Fact name="node" value={ops.node(row)} />
        <Fact name="key" value={ops.key(row)} />
        <Fact name="began" value={momentText(columns.startNs[row]!, 1e5)} />
        <Fact name="took" value={durationText(columns.endNs[row]! - columns.startNs[row]!)} />
        <Fact name="input" value={ops.input(row)} />
        <Fact name="output" value={columns.type[row] === 0 ? ops.output(row) || 'null' : undefined} />
        <Fact name="error" value={error} />
      </dl>
      {caused.length > 0 && <Caused messages={caused} />}
    </article>
  );
}

const HINT =
  'Click an operation to see all of it. Ctrl and wheel zoom, a drag moves, Shift and drag zoom into a stretch; with the focus on the timeline the wheel and the keys + − ← → 0 n p work too.';

function Fact({ name, value }: { readonly name: string; readonly value: string | undefined }) {
  if (value === undefined || value === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <bdi>{value}</bdi>
      </dd>
    </div>
  );
}

function Caused({ messages }: { readonly messages: readonly Message[] }) {
  return (
    <details>
      <summary>
        {messages.length} messages {messages.some(({ guessed }) => guessed) && 'probably '}because of it
      </summary>
      <ul class="plain">
        {messages.slice(0, 100).map((message) => (
          <li key={message.id}>
            {message.from} → {message.to} <b>{message.kind}</b> at {message.sentMs.toFixed(3)} ms,{' '}
            {message.arrivedMs.length === 0
              ? 'lost'
              : `arrived ${message.arrivedMs.map((ms) => ms.toFixed(3)).join(' and ')} ms`}
            {message.guessed && ' (probably because of it)'}
          </li>
        ))}
      </ul>
    </details>
  );
}
