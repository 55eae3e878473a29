import type { Piece, RunPage, Software as Told } from './data.ts';
import { Scrollable } from './Scrollable.tsx';

/** What real software did: nodes' lives, links over time, versions, what operators did. */
export function Software({ page }: { readonly page: RunPage }) {
  const { software } = page;
  if (!software) return null;
  return (
    <section id="software" aria-labelledby="software-title">
      <h2 id="software-title">Nodes and links</h2>
      <p class="quiet">
        {Object.entries(software.programs).map(([name, version]) => (
          <span key={name}>
            {name}: <bdi>{version}</bdi>{' '}
          </span>
        ))}
      </p>
      <Scrollable class="lives" label="Nodes and links over time">
        <Lives software={software} />
        <Links software={software} />
      </Scrollable>
      <Notes software={software} />
    </section>
  );
}

function Lives({ software }: { readonly software: Told }) {
  return (
    <table>
      <caption>
        Nodes: <Key kind="leads" says="leads" /> <Key kind="paused" says="is paused" />{' '}
        <Key kind="down" says="is down" /> <Key kind="clock" says="has another time" />
      </caption>
      <tbody>
        {software.lanes.map(({ node, pieces }) => (
          <tr key={node}>
            <th scope="row" class="member">
              <bdi>{node}</bdi>
            </th>
            <td class="when">
              <Strip software={software} pieces={pieces} says={piecesText(pieces)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Links({ software }: { readonly software: Told }) {
  if (software.links.length === 0) return null;
  return (
    <table>
      <caption>
        Links: <Key kind="level-1" says="less than 1 kB a look" /> <Key kind="level-2" says="less than 32 kB" />{' '}
        <Key kind="level-3" says="more" /> <Key kind="held" says="held back by a cut" />
      </caption>
      <tbody>
        {software.links.map((link) => (
          <tr key={`${link.name} ${link.from} ${link.to}`}>
            <th scope="row" class="member">
              <bdi>
                {link.from} → {link.to}
              </bdi>{' '}
              <span class="quiet">{link.name}</span>
            </th>
            <td class="when">
              <Strip
                software={software}
                pieces={link.pieces}
                says={`${link.bytes.toLocaleString('en')} bytes, ${link.held.toLocaleString('en')} chunks held back`}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Key({ kind, says }: { readonly kind: string; readonly says: string }) {
  return (
    <span class="entry">
      <span class={`swatch of-${kind}`} /> {says}
    </span>
  );
}

/** One row of time, with the moment that the verdict names. */
function Strip(props: { readonly software: Told; readonly pieces: readonly Piece[]; readonly says: string }) {
  const { untilMs, momentMs } = props.software;
  const share = (ms: number) => `${(100 * Math.min(1, Math.max(0, ms / Math.max(1, untilMs)))).toFixed(2)}%`;
  return (
    <div class="strip" role="img" aria-label={props.says} title={props.says}>
      {props.pieces.map(({ kind, fromMs, toMs }) => (
        <span
          key={`${kind} ${fromMs}`}
          class={`piece of-${kind}`}
          style={{ left: share(fromMs), width: `calc(${share(toMs)} - ${share(fromMs)})` }}
        />
      ))}
      {momentMs !== null && <span class="strip-at" style={{ left: share(momentMs) }} />}
    </div>
  );
}

function piecesText(pieces: readonly Piece[]): string {
  const told = pieces.map(({ kind, fromMs, toMs }) => `${kind} from ${seconds(fromMs)} to ${seconds(toMs)}`);
  return told.join(', ') || 'nothing to tell';
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function Notes({ software }: { readonly software: Told }) {
  if (software.notes.length === 0) return null;
  return (
    <ul>
      {software.notes.map(({ atMs, says }) => (
        <li key={`${atMs} ${says}`}>
          <a href={`#t-${atMs.toFixed(1)}`}>{seconds(atMs)}</a> <bdi>{says}</bdi>
        </li>
      ))}
    </ul>
  );
}
