/** The part of the run's time that is on the screen, in nanoseconds, and how it moves. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** Nothing is shown larger than this: a microsecond across the screen. */
const SHORTEST_NS = 1_000;

/** The same view within these bounds, never shorter than a microsecond. */
export function clamped(view: View, bounds: View): View {
  const span = Math.min(Math.max(view.to - view.from, SHORTEST_NS), bounds.to - bounds.from);
  const from = Math.min(Math.max(view.from, bounds.from), bounds.to - span);
  return { from, to: from + span };
}

/** The view `factor` times as long; the moment `at` stays where it is on the screen. */
export function zoomed(view: View, factor: number, at: number, bounds: View): View {
  const span = Math.max((view.to - view.from) * factor, SHORTEST_NS);
  const share = (at - view.from) / (view.to - view.from);
  return clamped({ from: at - span * share, to: at + span * (1 - share) }, bounds);
}

/** The view moved by this share of its length. */
export function panned(view: View, share: number, bounds: View): View {
  const by = (view.to - view.from) * share;
  return clamped({ from: view.from + by, to: view.to + by }, bounds);
}

/** A view with `from` to `to` in its middle and as much again around it. */
export function around(from: number, to: number, bounds: View): View {
  const margin = Math.max((to - from) * 0.75, 1_000_000);
  return clamped({ from: from - margin, to: to + margin }, bounds);
}
