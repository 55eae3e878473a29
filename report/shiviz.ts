import type { Sequence } from './sequence.ts';

/**
 * A log for ShiViz, whose default parser reads it: an event a pair of lines, the second what happened, the first the
 * host with its vector clock. Calls and messages order hosts; faults, which happen to none of them, are left out.
 *
 * @see Beschastnikh et al., "Visualizing Distributed System Executions", TOSEM 2020.
 */
export function shivizOf({ happenings }: Sequence): string {
  const clocks = new Map<string, Map<string, number>>();
  /** What was sent with each message and call, by its id and by whom. */
  const sent = new Map<string, ReadonlyMap<string, number>>();
  const lines: string[] = [];
  const happens = (host: string, what: string, seen?: ReadonlyMap<string, number>): ReadonlyMap<string, number> => {
    const clock = clocks.get(host) ?? new Map<string, number>();
    clocks.set(host, clock);
    for (const [other, count] of seen ?? []) clock.set(other, Math.max(clock.get(other) ?? 0, count));
    clock.set(host, (clock.get(host) ?? 0) + 1);
    lines.push(`${host} ${JSON.stringify(Object.fromEntries(clock))}`, what.replaceAll(/\s+/g, ' '));
    return new Map(clock);
  };
  for (const { from, to, what, kind, id, arrives } of happenings) {
    if (from === undefined || to === undefined) continue;
    if (kind === 'message' && arrives) happens(to, `receive ${what} from ${from}`, sent.get(`${id}`));
    else if (kind === 'message' || kind === 'lost') {
      sent.set(`${id}`, happens(from, `send ${what} to ${to}${kind === 'lost' ? ' (lost)' : ''}`));
    } else {
      // A call's two ends are one event each, since when a node began with it was not recorded.
      happens(to, `${kind} ${what}`, happens(from, `${kind} ${what}`));
    }
  }
  return `${lines.join('\n')}\n`;
}
