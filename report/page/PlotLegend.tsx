import type { Curve } from './curve.ts';

/** What the curves of a plot are, drawn as they are there: dots, or lines with their dashes. */
export function PlotLegend({ curves, hasFaults }: { readonly curves: readonly Curve[]; readonly hasFaults: boolean }) {
  return (
    <ul class="plot-legend" aria-label="Legend">
      {curves.map(({ name, colour, points, dash = [] }) => (
        <li key={name}>
          <svg width="26" height="10" aria-hidden="true">
            {points ? (
              <circle cx="13" cy="5" r="2.5" fill={`var(--${colour})`} />
            ) : (
              <line
                x1="0"
                x2="26"
                y1="5"
                y2="5"
                stroke={`var(--${colour})`}
                stroke-width="2"
                stroke-dasharray={dash.join(' ')}
              />
            )}
          </svg>{' '}
          {name}
        </li>
      ))}
      {hasFaults && (
        <li>
          <svg width="26" height="10" aria-hidden="true">
            <rect width="26" height="10" fill="var(--fault)" stroke="var(--fault-text)" stroke-width="0.5" />
          </svg>{' '}
          fault
        </li>
      )}
    </ul>
  );
}
