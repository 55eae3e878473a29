import { useState } from 'preact/hooks';
import { counted } from '../../harness/campaign/gate.ts';
import { faultText } from '../../harness/faults/meanings.ts';
import type { RunPage } from './data.ts';
import { effectText } from './fault-text.ts';
import { Scrollable } from './Scrollable.tsx';
import { durationText } from './time.ts';

/** What determined the run, and the command that repeats it. */
export function Setting({ page }: { readonly page: RunPage }) {
  const { setting, traffic } = page;
  const { options } = setting;
  const rows: [name: string, value: string][] = [
    ['system', setting.system],
    ['workload', setting.workload],
    ['cluster', setting.cluster],
    ['seed', String(setting.seed)],
    ['nodes', setting.nodes.join(' ')],
    ['clients', String(options.clients)],
    ['main phase', durationText(options.durationMs * 1e6)],
    ['rate', `${options.ratePerSecond} calls a second`],
    ['keys', String(options.keys)],
    ['faults asked for', setting.faults.join(', ') || 'none'],
    ['timeout of a call', durationText(setting.callTimeoutMs * 1e6)],
    ['messages', `${traffic.messages.toLocaleString('en')}, ${traffic.bytes.toLocaleString('en')} bytes`],
    ...Object.entries(traffic.kinds).map(([kind, count]): [string, string] => [
      `messages: ${kind}`,
      count.toLocaleString('en'),
    ]),
    ...Object.entries(traffic.marks).map(([mark, times]): [string, string] => [`mark ${mark}`, counted(times, 'time')]),
  ];
  return (
    <section id="setting" aria-labelledby="setting-title">
      <h2 id="setting-title">Setting</h2>
      <Command command={page.command} />
      <div class="columns">
        <table class="pairs">
          <caption>What determined the run</caption>
          <tbody>
            {rows.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <bdi>{value}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <Faults page={page} />
      </div>
    </section>
  );
}

function Command({ command }: { readonly command: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    navigator.clipboard?.writeText(command).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <div class="command">
      <code>
        <bdi>{command}</bdi>
      </code>
      <button type="button" onClick={copy}>
        {copied ? 'Copied' : 'Copy'}
      </button>
    </div>
  );
}

function Faults({ page }: { readonly page: RunPage }) {
  if (page.faults.length === 0) return <p>No faults.</p>;
  return (
    <table>
      <caption>Faults, and what they were seen to do</caption>
      <thead>
        <tr>
          <th scope="col">fault</th>
          <th scope="col">from</th>
          <th scope="col">for</th>
          <th scope="col">seen</th>
        </tr>
      </thead>
      <tbody>
        {page.faults.map((injected) => (
          <tr key={injected.fault.id}>
            <td>
              <a href={`#t-${((injected.fromMs + injected.toMs) / 2).toFixed(1)}`}>{faultText(injected)}</a>
            </td>
            <td class="number">{durationText(injected.fromMs * 1e6)}</td>
            <td class="number">{durationText((injected.toMs - injected.fromMs) * 1e6)}</td>
            <td>{effectText(injected) || 'nothing'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What each node wrote, its last lines. */
export function Logs({ page }: { readonly page: RunPage }) {
  if (page.logs.length === 0) return null;
  return (
    <section id="logs" aria-labelledby="logs-title">
      <h2 id="logs-title">Logs of the nodes</h2>
      {page.logs.map((log) => (
        <details key={log.node}>
          <summary>
            <bdi>{log.node}</bdi>{' '}
            <span class="quiet">
              {log.text === '' ? 'wrote nothing' : counted(log.text.split('\n').length, 'line')}
            </span>
          </summary>
          {log.cut > 0 && (
            <p class="quiet">{log.cut.toLocaleString('en')} characters before these are in the node's log file.</p>
          )}
          {log.text !== '' && (
            <Scrollable class="log" label={`Log of ${log.node}`}>
              <pre>{log.text}</pre>
            </Scrollable>
          )}
        </details>
      ))}
    </section>
  );
}
