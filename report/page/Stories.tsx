import { useMemo, useState } from 'preact/hooks';
import { faultText } from '../../harness/faults/meanings.ts';
import { plainText } from './call-text.ts';
import type { Told } from './data.ts';
import { Exchange, Intervals } from './Intervals.tsx';
import { Marked } from './Marked.tsx';
import { MessageTable } from './Messages.tsx';
import { Ring } from './Ring.tsx';
import { ringOf } from './ring.ts';
import type { Run } from './run.ts';
import { useStore } from './store.ts';
import { type Story, storyOf } from './story.ts';
import { durationText, momentText } from './time.ts';
import { around } from './view.ts';

/** So many kinds of anomalies are told in full at first. */
const OPEN = 3;

/**
 * The anomalies, each told so that a person can follow it:
 * what is wrong, which operations prove it, and what led there.
 */
export function Stories({ run }: { readonly run: Run }) {
  const { anomalies } = run.page;
  if (anomalies.length === 0) return null;
  const kinds = [...new Set(anomalies.map(({ name }) => name))];
  const count = kinds.reduce((sum, kind) => sum + (run.page.found[kind] ?? 0), 0);
  return (
    <section id="anomalies" aria-labelledby="anomalies-title">
      <h2 id="anomalies-title">{count === 1 ? 'The anomaly' : `${count.toLocaleString('en')} anomalies`}</h2>
      {kinds.map((kind, place) => (
        <Kind key={kind} run={run} kind={kind} opened={place < OPEN} />
      ))}
    </section>
  );
}

/** The first anomaly of a kind, and the others folded away: one is usually enough. */
function Kind({ run, kind, opened }: { readonly run: Run; readonly kind: string; readonly opened: boolean }) {
  const told = run.page.anomalies.flatMap((anomaly, place) => (anomaly.name === kind ? [place] : []));
  const [first, ...others] = told;
  const untold = (run.page.found[kind] ?? 0) - told.length;
  const story = (place: number, open: boolean) => (
    <Anomaly key={place} run={run} told={run.page.anomalies[place]!} number={place + 1} opened={open} />
  );
  return (
    <>
      {first !== undefined && story(first, opened)}
      {others.length > 0 && (
        <details class="others">
          <summary>
            {others.length + untold} more {kind}
          </summary>
          {others.map((place) => story(place, false))}
          {untold > 0 && <p class="quiet">{untold.toLocaleString('en')} more of them are in verdict.json.</p>}
        </details>
      )}
    </>
  );
}

function Anomaly(props: { readonly run: Run; readonly told: Told; readonly number: number; readonly opened: boolean }) {
  const { run, told, number } = props;
  const [open, setOpen] = useState(props.opened);
  // The sentence at the top of the page says it already.
  const isSaid = number === 1 && run.page.says.includes(told.message.replace(/\.$/, ''));
  return (
    <details class="story" id={`anomaly-${number}`} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h3>
          <span class="count">{number}</span> <bdi>{told.name}</bdi>
        </h3>
        {!isSaid && (
          <span class="message">
            <Linked run={run} text={told.message} />
          </span>
        )}
      </summary>
      {open && <Body run={run} told={told} number={number} />}
    </details>
  );
}

function Body({ run, told, number }: { readonly run: Run; readonly told: Told; readonly number: number }) {
  const messages = useStore(run.messages);
  const story = useMemo(() => storyOf(run, told, messages), [run, told, messages]);
  const ring = useMemo(() => ringOf(run, told), [run, told]);
  return (
    <>
      {ring ? (
        <div class="beside">
          <Ring ring={ring} />
          <Steps run={run} told={told} />
        </div>
      ) : null}
      {story.rows.length > 0 ? (
        <Intervals run={run} story={story} names={ring?.nodes.map(({ start }) => start) ?? []} />
      ) : (
        <Exchange run={run} story={story} />
      )}
      {!ring && <Steps run={run} told={told} />}
      <Meanwhile run={run} story={story} number={number} />
      {told.at && (
        <p>
          Violated at <a href={`#t-${told.at.ms}`}>{momentText(told.at.ms * 1e6, 1e7)}</a> on {told.at.nodes.join(', ')}
          .
        </p>
      )}
      <Behind run={run} story={story} moment={story.rows.length === 0} />
      <p class="quiet">
        {!run.page.isHistory && `Checker: ${told.checkers.join(', ')} · `}
        <a href={`#anomaly-${number}`}>link to this anomaly</a>
      </p>
    </>
  );
}

function Steps({ run, told }: { readonly run: Run; readonly told: Told }) {
  if (told.steps.length === 0) return null;
  return (
    <div>
      <h4>Step by step</h4>
      <ol class="steps">
        {told.steps.map((step, place) => (
          <li key={`${place}`}>
            <Linked run={run} text={step} />
          </li>
        ))}
      </ol>
    </div>
  );
}

/** So many faults are named: of those before, the last. */
const NAMED = { meanwhile: 6, before: 3 };

/** Which faults lasted while the operations did, and which had ended before: what went wrong then may only show now. */
function Meanwhile(props: { readonly run: Run; readonly story: Story; readonly number: number }) {
  const { run, story, number } = props;
  const show = () => {
    run.only.set(number);
    run.view.set(around(story.fromNs, story.toNs, run.bounds));
    document.getElementById('timeline')?.scrollIntoView();
  };
  const key = onlyKey(run, story);
  const showKey = (name: string) => {
    run.search.set(`key:${name}`);
    show();
    run.only.set(0);
  };
  const before = run.page.faults.filter(({ toMs }) => toMs * 1e6 < story.fromNs).sort((a, b) => a.toMs - b.toMs);
  return (
    <p class="meanwhile">
      {story.faults.length > 0 ? 'Faults active: ' : run.page.isHistory ? '' : 'No fault active. '}
      <FaultChips faults={story.faults.slice(0, NAMED.meanwhile)} />
      {story.faults.length > NAMED.meanwhile && ` and ${story.faults.length - NAMED.meanwhile} more`}
      {before.length > 0 && ' Earlier faults: '}
      {before.length > NAMED.before && `${before.length - NAMED.before} others, then `}
      <FaultChips faults={before.slice(-NAMED.before)} />
      <span class="buttons">
        {key !== undefined && (
          <button type="button" onClick={() => showKey(key)}>
            All of key <bdi>{key}</bdi>
          </button>
        )}
        <button type="button" onClick={show}>
          Show on the timeline
        </button>
      </span>
    </p>
  );
}

/** The one key that all operations of a story are about, where a search can name it. */
function onlyKey(run: Run, { rows }: Story): string | undefined {
  const keys = new Set(rows.map((row) => run.ops.key(row)));
  const [key] = keys;
  return keys.size === 1 && key !== undefined && /^[^\s"]{1,30}$/.test(key) ? key : undefined;
}

function FaultChips({ faults }: { readonly faults: Story['faults'] }) {
  return (
    <>
      {faults.map((injected) => (
        <span class="fault-chip" key={injected.fault.id}>
          {faultText(injected)}{' '}
          <small>
            {durationText(injected.fromMs * 1e6)} to {durationText(injected.toMs * 1e6)}
          </small>
        </span>
      ))}
    </>
  );
}

/** The messages that the proving operations caused, or the last before a moment. */
function Behind({ run, story, moment }: { readonly run: Run; readonly story: Story; readonly moment: boolean }) {
  const [open, setOpen] = useState(false);
  const behind = story.messages;
  if (behind.length === 0) return null;
  const lost = behind.filter((message) => message.arrivedMs.length === 0).length;
  return (
    <details class="behind" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {moment ? `Last messages (${behind.length})` : `Messages (${behind.length})`}
        {lost > 0 && <b class="lost">, {lost} lost</b>}
      </summary>
      {open && (
        <>
          {!moment && <Exchange run={run} story={story} />}
          <MessageTable messages={behind} />
        </>
      )}
    </details>
  );
}

/**
 * A step's text, where `#12`, `operation 12` and `from 12` lead to the operation that they name, and what stands
 * between › and ‹ is marked: it is what differs.
 */
function Linked({ run, text }: { readonly run: Run; readonly text: string }) {
  const parts = plainText(text).split(/((?:#(?:op-)?|\bop(?:eration)? |\bfrom )\d+)/);
  return (
    <bdi>
      {parts.map((part, place) => {
        if (place % 2 === 0) return <Marked key={`${place}`} text={part} />;
        const start = place % 2 === 1 ? Number(part.replace(/\D/g, '')) : -1;
        return start >= 0 && run.ops.row(start) >= 0 ? <a href={`#op-${start}`}>{part}</a> : part;
      })}
    </bdi>
  );
}
