import { Fragment } from 'preact';
import { Scrollable } from '../../report/page/Scrollable.tsx';
import type { Costs, Part } from './chapter.ts';

/** A paragraph of a chapter. */
export function Prose({ parts }: { readonly parts: readonly Part[] }) {
  return (
    <p class="prose">
      {parts.map(({ mark, text }, place) => (
        <Marked key={`${place}`} mark={mark} text={text} />
      ))}
    </p>
  );
}

function Marked({ mark, text }: { readonly mark: Part['mark']; readonly text: string }) {
  if (mark === 'code') return <code>{text}</code>;
  if (mark === 'strong') return <strong>{text}</strong>;
  if (mark === 'em') return <em>{text}</em>;
  return <Fragment>{text}</Fragment>;
}

/** What designs cost, as the repository's tests measure it. */
export function CostTable({ costs }: { readonly costs: Costs }) {
  return (
    <Table
      label="What they cost"
      head={costs.head}
      rows={costs.rows}
      note="Measured by the repository's tests, in virtual time."
    />
  );
}

/** A table whose first cell names the row; it scrolls by itself where it is too wide. */
export function Table(props: {
  readonly label: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly note?: string;
}) {
  const { label, head, rows, note } = props;
  return (
    <>
      <Scrollable class="tour-scroll" label={label}>
        <table class="tour-table">
          <thead>
            <tr>
              {head.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, ...cells]) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                {cells.map((cell, place) => (
                  <td key={head[place + 1]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrollable>
      {note && <p class="quiet">{note}</p>}
    </>
  );
}
