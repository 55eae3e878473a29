import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { find } from './filter.ts';
import { type Grouping, lanesOf } from './lanes.ts';
import { Operation } from './Operation.tsx';
import { OperationTable } from './OperationTable.tsx';
import { Overview } from './Overview.tsx';
import { foldable, markedOf, type Run, select } from './run.ts';
import { Stage } from './Stage.tsx';
import { useStore } from './store.ts';
import { durationText, momentText } from './time.ts';
import { panned, zoomed } from './view.ts';

/** The timeline of all operations with its search, its overview and, below it, the same operations as a table. */
export function Timeline({ run }: { readonly run: Run }) {
  const grouping = useStore(run.grouping);
  const search = useStore(run.search, 120);
  const [withMessages, setWithMessages] = useState(run.page.messages > 0);
  const lanes = useMemo(
    () => lanesOf(run.ops, grouping, { clients: run.page.setting.options.clients, nodes: run.page.setting.nodes }),
    [run, grouping],
  );
  const found = useMemo(() => find(run.ops, search), [run, search]);
  const only = useStore(run.only);
  const shown = useMemo(() => (only > 0 ? markedOf(run, only) : run), [run, only]);
  // Of one anomaly all but its operations are dimmed.
  const mask = only > 0 ? shown.marked : found.mask;
  return (
    <section id="timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">Timeline</h2>
      <div class="toolbar">
        <Search run={run} count={found.count} searching={found.mask !== undefined} />
        {only > 0 && (
          <button type="button" class="only" onClick={() => run.only.set(0)}>
            anomaly {only} <span aria-hidden="true">×</span>
            <span class="hidden">: show all</span>
          </button>
        )}
        <Grouped run={run} grouping={grouping} />
        {run.page.messages > 0 && (
          <label class="check">
            <input
              type="checkbox"
              checked={withMessages}
              onChange={(event) => setWithMessages(event.currentTarget.checked)}
            />
            messages
          </label>
        )}
        <ZoomButtons run={run} />
      </div>
      <Overview run={run} />
      <Stage run={run} lanes={lanes} mask={mask} marked={shown} withMessages={withMessages} />
      <Key />
      <Operation run={run} />
      <OperationTable run={run} mask={found.mask} />
    </section>
  );
}

function Search(props: { readonly run: Run; readonly count: number; readonly searching: boolean }) {
  const { run, count, searching } = props;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== '/' || isWriting(event)) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);
  // Looked for anew: whoever types fast is ahead of the mask that is drawn.
  const step = (forward: boolean) => select(run, nextMatch(run, find(run.ops, run.search.value).mask, forward));
  return (
    <search class="search">
      <input
        ref={field}
        type="search"
        aria-label="Search operations"
        placeholder="Search: key:x f:write outcome:info node:n2 process:3 or any text"
        value={run.search.value}
        onInput={(event) => run.search.set(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(!event.shiftKey);
        }}
      />
      <span class="found" role="status">
        {searching ? `${count.toLocaleString('en')} found` : ''}
      </span>
      {searching && count > 0 && (
        <>
          <button type="button" onClick={() => step(false)} aria-label="Previous match">
            ‹
          </button>
          <button type="button" onClick={() => step(true)} aria-label="Next match">
            ›
          </button>
        </>
      )}
    </search>
  );
}

/** Whether the key is pressed where somebody writes, also within an editor of its own. */
function isWriting(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function nextMatch(run: Run, mask: Uint8Array | undefined, forward: boolean): number {
  const { length } = run.ops;
  const from = run.selected.value < 0 ? (forward ? -1 : length) : run.selected.value;
  for (let steps = 1; steps <= length; steps++) {
    const row = (((from + (forward ? steps : -steps)) % length) + length) % length;
    if (!mask || mask[row]) return row;
  }
  return -1;
}

function Grouped({ run, grouping }: { readonly run: Run; readonly grouping: Grouping }) {
  const choices: Grouping[] = foldable(run.page, run.ops)
    ? ['client', 'process', 'key', 'node']
    : ['process', 'key', 'node'];
  return (
    <fieldset class="choice">
      <legend class="hidden">Lanes by</legend>
      {choices.map((choice) => (
        <label key={choice} class={choice === grouping ? 'chosen' : ''}>
          <input type="radio" name="grouping" checked={choice === grouping} onChange={() => run.grouping.set(choice)} />
          {choice}
        </label>
      ))}
    </fieldset>
  );
}

function ZoomButtons({ run }: { readonly run: Run }) {
  const view = useStore(run.view, 60);
  const middle = (view.from + view.to) / 2;
  const by = (factor: number) => run.view.set(zoomed(run.view.value, factor, middle, run.bounds));
  const pan = (share: number) => run.view.set(panned(run.view.value, share, run.bounds));
  const rested = useStore(run.view, 600);
  const span = view.to - view.from;
  return (
    <div class="zoom">
      <span class="hidden" role="status">
        Shown: {momentText(rested.from, rested.to - rested.from)} and {durationText(rested.to - rested.from)} after it
      </span>
      <a class="span" href={`#t-${(middle / 1e6).toFixed(3)}`} title="A link to this moment">
        {momentText(view.from, span)} + {durationText(span)}
      </a>
      <button type="button" onClick={() => pan(-0.5)} aria-label="Earlier">
        ←
      </button>
      <button type="button" onClick={() => pan(0.5)} aria-label="Later">
        →
      </button>
      <button type="button" onClick={() => by(0.4)} aria-label="Zoom in">
        +
      </button>
      <button type="button" onClick={() => by(2.5)} aria-label="Zoom out">
        −
      </button>
      <button type="button" onClick={() => run.view.set(run.bounds)}>
        All
      </button>
    </div>
  );
}

function Key() {
  return (
    <ul class="key" aria-label="Colours">
      <li class="ok">ok</li>
      <li class="fail">fail: certainly did not happen</li>
      <li class="info">info: no answer, may have happened</li>
      <li class="anomaly">proves an anomaly</li>
      <li class="fault">fault</li>
    </ul>
  );
}
