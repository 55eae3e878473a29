import { useEffect, useState } from 'preact/hooks';
import { VERDICT_WORDS } from '../../harness/judging/verdict-words.ts';
import { Scrollable } from '../../report/page/Scrollable.tsx';
import { TableHead } from '../../report/page/TableHead.tsx';
import type { DesignEntry } from '../engine/catalogue.ts';
import type { Compared } from '../engine/messages.ts';
import { scenarioOf } from '../engine/scenario.ts';
import { designOf, family, withDesign } from './choices.ts';
import type { Ran, Session } from './session.ts';

/** What the variants of the design make of the same calls, faults and delays. */
export function SideBySide({ session, ran }: { readonly session: Session; readonly ran: Ran }) {
  const [rows, setRows] = useState<readonly Compared[]>();
  const { catalogue } = session;
  const { planned } = ran.made;
  const design = designOf(catalogue, ran.scenario);
  const variants = family(catalogue, design).filter(({ datatype }) => datatype === design.datatype);
  useEffect(() => {
    let isStale = false;
    session.ask('compare', { scenario: scenarioOf(planned), systems: variants.map(({ name }) => name) }).then(
      (all) => isStale || setRows(all),
      () => isStale || setRows([]),
    );
    return () => {
      isStale = true;
    };
  }, [ran]);
  return (
    <section id="side-by-side" aria-labelledby="side-title" tabIndex={-1}>
      <h2 id="side-title">The same plan, side by side</h2>
      <p class="quiet">The same calls and faults, and the same delays wherever the same message is sent.</p>
      <Scrollable class="wide" label="Variants under the same plan">
        <table>
          <caption class="hidden">Variants under the same plan</caption>
          <TableHead names={['variant', 'verdict', 'answered', 'messages', 'why']} />
          <tbody>
            {variants.map((one) => (
              <Row
                key={one.name}
                design={one}
                isShown={one.name === planned.system}
                compared={rows?.find(({ system }) => system === one.name)}
                onShow={() => session.change(withDesign(catalogue, session.scenario.value, one.name))}
              />
            ))}
          </tbody>
        </table>
      </Scrollable>
    </section>
  );
}

function Row(props: {
  readonly design: DesignEntry;
  readonly isShown: boolean;
  readonly compared: Compared | undefined;
  readonly onShow: () => void;
}) {
  const { design, isShown, compared } = props;
  const name = design.name.split('/')[1] ?? design.name;
  return (
    <tr class={isShown ? 'shown' : ''}>
      <td>
        {isShown ? (
          <b>{name}</b>
        ) : (
          <button type="button" class="plain-link" onClick={props.onShow}>
            {name}
          </button>
        )}{' '}
        <small>{design.variant}</small>
      </td>
      {compared ? (
        <>
          <td>
            {compared.error === undefined ? (
              <span class={`chip ${compared.verdict}`}>{VERDICT_WORDS[compared.verdict]}</span>
            ) : (
              'not run'
            )}
          </td>
          <td class="number">
            {compared.answered} of {compared.calls}
          </td>
          <td class="number">{compared.messages.toLocaleString('en')}</td>
          <td>{compared.error ?? (compared.verdict === 'valid' ? '' : compared.says)}</td>
        </>
      ) : (
        <td colSpan={4} class="quiet">
          …
        </td>
      )}
    </tr>
  );
}
