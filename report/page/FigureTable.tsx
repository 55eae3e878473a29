import type { Comparison, Datatype } from '../../harness/compare/comparison.ts';
import { valueText } from './figure-text.ts';
import { Scrollable } from './Scrollable.tsx';
import { Share } from './Share.tsx';
import type { Subject } from './Trace.tsx';

/**
 * Systems by figures, under one group of faults; the best of a
 * column stand out. Each figure opens the runs that gave it.
 */
export function FigureTable(props: {
  readonly comparison: Comparison;
  readonly datatype: Datatype;
  readonly group: string;
  readonly onOpen: (subject: Subject) => void;
}) {
  const { comparison, datatype, group } = props;
  const rows = datatype.systems.flatMap(({ system, cells }) => {
    const cell = cells.find((one) => one.group === group);
    return cell ? [{ system, cell }] : [];
  });
  const figures = comparison.figures.filter(({ key }) => rows.some(({ cell }) => cell.values[key]));
  const best = new Map(
    figures.map(({ key, better }) => {
      const values = rows.flatMap(({ cell }) => cell.values[key]?.value ?? []);
      return [key, better === 'higher' ? Math.max(...values) : Math.min(...values)];
    }),
  );
  return (
    <>
      <h3>Figures under {group === 'none' ? 'no faults' : group}</h3>
      <Scrollable class="wide" label={`Figures of ${datatype.datatype} under ${group}`}>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">system</th>
              {figures.map(({ key, name, says }) => (
                <th key={key} scope="col" title={says}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ system, cell }) => (
              <tr key={system}>
                <th scope="row">
                  <bdi>{system}</bdi>
                  <Share cell={cell} />
                </th>
                {figures.map(({ key, name, unit }) => {
                  const value = cell.values[key];
                  if (!value) return <td key={key}>–</td>;
                  return (
                    <td key={key} class={value.value === best.get(key) && rows.length > 1 ? 'best' : ''}>
                      <button
                        type="button"
                        class="figure"
                        title={`${name}: ${valueText(value, unit)}${value.note ? `, ${value.note}` : ''}`}
                        onClick={() => props.onOpen({ kind: 'figure', system, cell, key })}
                      >
                        {valueText(value, unit, true)}
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrollable>
    </>
  );
}
