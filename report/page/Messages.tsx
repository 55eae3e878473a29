import { useMemo, useState } from 'preact/hooks';
import type { Message } from './data.ts';
import type { Run } from './run.ts';
import { useStore } from './store.ts';
import { TableHead } from './TableHead.tsx';

const SHOWN = 100;

/** The messages between nodes in the timeline's view, as a table. */
export function Messages({ run }: { readonly run: Run }) {
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const messages = useStore(run.messages);
  const view = useStore(run.view, 200);
  const found = useMemo(
    () => (open ? messages.filter((message) => inView(message, view) && matches(message, search)) : []),
    [messages, view, search, open],
  );
  const { page } = run;
  if (page.messages === 0) return null;
  return (
    <section id="messages" aria-labelledby="messages-title">
      <h2 id="messages-title">Messages</h2>
      {page.messagesLeftOut > 0 && (
        <p class="quiet">
          {page.messagesLeftOut.toLocaleString('en')} messages far from every anomaly are left out; messages.jsonl may
          have them.
        </p>
      )}
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Messages in the visible interval</summary>
        <div class="toolbar">
          <input
            type="search"
            aria-label="Search messages"
            placeholder="Search: n1, prepare, lost, operation 12"
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
          <span class="found" role="status">
            {found.length.toLocaleString('en')} {found.length === 1 ? 'message' : 'messages'}
          </span>
        </div>
        <MessageTable messages={found.slice(0, SHOWN)} />
        {found.length > SHOWN && <p class="quiet">The first {SHOWN} are shown: zoom in or search for fewer.</p>}
      </details>
    </section>
  );
}

function inView(message: Message, view: { readonly from: number; readonly to: number }): boolean {
  return message.sentMs * 1e6 <= view.to && Math.max(message.sentMs, ...message.arrivedMs) * 1e6 >= view.from;
}

function matches(message: Message, search: string): boolean {
  if (search === '') return true;
  const { from, to, kind, root, id, body, arrivedMs } = message;
  const text = `${from} → ${to} ${kind} ${root} ${id} ${body ?? ''} ${arrivedMs.length === 0 ? 'lost' : ''}`;
  return text.toLowerCase().includes(search.toLowerCase());
}

export function MessageTable({ messages }: { readonly messages: readonly Message[] }) {
  return (
    <table>
      <caption class="hidden">Messages</caption>
      <TableHead names={['sent', 'from → to', 'kind', 'arrived', 'caused by', 'body']} />
      <tbody>
        {messages.map((message) => (
          <tr key={message.id} class={message.arrivedMs.length === 0 ? 'lost' : ''}>
            <td class="number">
              <a href={`#t-${message.sentMs.toFixed(3)}`}>{message.sentMs.toFixed(3)} ms</a>
            </td>
            <td>
              {message.from} → {message.to}
            </td>
            <td>
              <bdi>{message.kind}</bdi>
            </td>
            <td class="number">{arrivals(message)}</td>
            <td>
              {message.guessed && 'probably '}
              <Root name={message.root} />
            </td>
            <td class="body">
              <bdi>{message.body}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What began it all; an operation is a link to it. */
function Root({ name }: { readonly name: string }) {
  const start = /^operation (\d+)$/.exec(name)?.[1];
  return start === undefined ? <bdi>{name}</bdi> : <a href={`#op-${start}`}>{name}</a>;
}

function arrivals({ sentMs, arrivedMs, faults }: Message): string {
  if (arrivedMs.length === 0) return faults?.length ? `lost to fault ${faults.join(', ')}` : 'lost';
  const after = arrivedMs.map((ms) => `+${(ms - sentMs).toFixed(3)}`).join(' and ');
  return `${after} ms${arrivedMs.length > 1 ? ' (duplicated)' : ''}`;
}
