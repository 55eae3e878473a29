import { useMemo, useState } from 'preact/hooks';
import { type Run, select } from './run.ts';
import { useStore } from './store.ts';
import { TableHead } from './TableHead.tsx';
import { durationText, momentText } from './time.ts';

const PAGE = 50;
const MOST = 1_000;

/**
 * The operations in view that the search found, as a table:
 * what the timeline paints, for reading, copying and listening.
 */
export function OperationTable({ run, mask }: { readonly run: Run; readonly mask: Uint8Array | undefined }) {
  const view = useStore(run.view, 150);
  const [shown, setShown] = useState(PAGE);
  const [open, setOpen] = useState(false);
  const { rows, more } = useMemo(
    () => (open ? inView(run, view, mask) : { rows: [], more: false }),
    [run, view, mask, open],
  );
  return (
    <details class="operations" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The operations in view, as a table</summary>
      {open && (
        <>
          <table>
            <caption class="hidden">Operations in view</caption>
            <TableHead names={['#', 'began', 'took', 'process', 'node', 'operation', 'outcome']} />
            <tbody>
              {rows.slice(0, shown).map((row) => (
                <Row key={row} run={run} row={row} />
              ))}
            </tbody>
          </table>
          {rows.length === 0 && <p>No operation in view matches.</p>}
          {rows.length > shown && (
            <button type="button" onClick={() => setShown(shown + PAGE * 4)}>
              Show more of {rows.length.toLocaleString('en')}
              {more ? '+' : ''}
            </button>
          )}
        </>
      )}
    </details>
  );
}

function inView(run: Run, view: { from: number; to: number }, mask: Uint8Array | undefined) {
  const rows: number[] = [];
  const { startNs } = run.ops.columns;
  for (let row = 0; row < run.ops.length; row++) {
    if (startNs[row]! > view.to || run.ops.endNs(row) < view.from || (mask && !mask[row])) continue;
    if (rows.length === MOST) return { rows, more: true };
    rows.push(row);
  }
  return { rows, more: false };
}

function Row({ run, row }: { readonly run: Run; readonly row: number }) {
  const { ops } = run;
  const { columns } = ops;
  const start = columns.start[row]!;
  return (
    <tr class={run.marked[row] ? 'marked' : ''}>
      <td>
        <a href={`#op-${start}`} onClick={() => select(run, row)}>
          {start}
        </a>
      </td>
      <td class="number">{momentText(columns.startNs[row]!, 1e6)}</td>
      <td class="number">{durationText(columns.endNs[row]! - columns.startNs[row]!)}</td>
      <td class="number">{columns.process[row]}</td>
      <td>
        <bdi>{ops.node(row)}</bdi>
      </td>
      <td>
        <bdi>{ops.label(row).slice(0, 300)}</bdi>
      </td>
      <td>
        <span class={`outcome ${ops.outcome(row)}`}>{ops.outcome(row)}</span> <bdi>{ops.error(row) ?? ''}</bdi>
      </td>
    </tr>
  );
}
