import { useRef, useState } from 'preact/hooks';
import type { Fault } from '../../harness/faults/fault.ts';
import { durationText, ticks, tickText } from '../../report/page/time.ts';
import { moved, STEP_MS, stretched } from '../plan/placing.ts';
import { plannedText, replaced } from './hand.ts';

interface TrackProps {
  readonly faults: readonly Fault[];
  readonly durationMs: number;
  readonly chosen: number;
  readonly onChoose: (id: number) => void;
  readonly onChange: (faults: readonly Fault[]) => void;
}

/** How near to an end of a bar a drag stretches it, in pixels. */
const EDGE = 9;

/** A bar for each fault: a drag moves it, one of its ends stretches it, and keys do the same. */
export function FaultTrack({ faults, durationMs, chosen, onChoose, onChange }: TrackProps) {
  const track = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<Fault>();
  const shown = dragged ? replaced(faults, dragged) : faults;
  const change = (fault: Fault) => onChange(replaced(faults, fault));
  const marks = ticks(0, durationMs * 1e6, 6);
  const step = marks.length > 1 ? marks[1]! - marks[0]! : durationMs * 1e6;
  const share = (ms: number) => `${(Math.min(ms, durationMs) / durationMs) * 100}%`;
  const drag = (fault: Fault, down: PointerEvent) => {
    onChoose(fault.id);
    const bar = down.currentTarget as HTMLElement;
    const width = track.current?.clientWidth ?? 0;
    if (down.button !== 0 || width === 0) return;
    bar.setPointerCapture(down.pointerId);
    const act = draggedBy(fault, bar.getBoundingClientRect(), down, durationMs / width, durationMs);
    let latest = fault;
    const stop = new AbortController();
    const move = (event: PointerEvent) => {
      latest = act(event.clientX - down.clientX);
      setDragged(latest);
    };
    const end = () => {
      stop.abort();
      setDragged(undefined);
      if (latest.fromMs !== fault.fromMs || latest.toMs !== fault.toMs) change(latest);
    };
    bar.addEventListener('pointermove', move, { signal: stop.signal });
    bar.addEventListener('pointerup', end, { signal: stop.signal });
    bar.addEventListener('pointercancel', end, { signal: stop.signal });
  };
  const key = (fault: Fault, event: KeyboardEvent) => {
    const by = (event.shiftKey ? 10 : 1) * STEP_MS;
    const changed = keyed(fault, event.key, by, durationMs, event.altKey);
    if (event.key === 'Delete' || event.key === 'Backspace') onChange(faults.filter(({ id }) => id !== fault.id));
    else if (changed) change(changed);
    else return;
    event.preventDefault();
  };
  return (
    <div class="track">
      <div class="axis" aria-hidden="true">
        {marks.map((at) => (
          <span key={at} style={{ left: share(at / 1e6) }}>
            {tickText(at, step)}
          </span>
        ))}
      </div>
      <div ref={track} class="bars">
        {shown.length === 0 && <p class="quiet">No faults: place one below, or choose kinds to draw.</p>}
        {shown.map((fault) => (
          <div class="bar-row" key={fault.id}>
            <button
              type="button"
              class={`fault-bar ${fault.id === chosen ? 'chosen' : ''}`}
              style={{ left: share(fault.fromMs), width: share(Math.min(fault.toMs, durationMs) - fault.fromMs) }}
              aria-pressed={fault.id === chosen}
              aria-label={`${plannedText(fault)}, from ${durationText(fault.fromMs * 1e6)} to ${durationText(fault.toMs * 1e6)}`}
              aria-describedby="fault-keys"
              data-fault={fault.id}
              onPointerDown={(event) => drag(fault, event)}
              onFocus={() => onChoose(fault.id)}
              onKeyDown={(event) => key(fault, event)}
            >
              {labelPlace(fault, durationMs) === 'inside' && plannedText(fault)}
            </button>
            <Beside fault={fault} durationMs={durationMs} />
          </div>
        ))}
      </div>
      <p id="fault-keys" class="hint">
        Drag a bar to move it, an end to stretch it. Keys: ← → move, with Alt they stretch the end, with Shift ten times
        as far; Delete removes.
      </p>
    </div>
  );
}

/** Where there is room for the fault's words: in its bar, after it or before it. */
function labelPlace({ fromMs, toMs }: Fault, durationMs: number): 'inside' | 'after' | 'before' {
  if (toMs - fromMs > 0.3 * durationMs) return 'inside';
  return toMs < 0.55 * durationMs ? 'after' : 'before';
}

function Beside({ fault, durationMs }: { readonly fault: Fault; readonly durationMs: number }) {
  const place = labelPlace(fault, durationMs);
  if (place === 'inside') return null;
  const percent = (ms: number) => (Math.min(ms, durationMs) / durationMs) * 100;
  const style =
    place === 'after'
      ? { left: `${percent(fault.toMs)}%`, width: `${100 - percent(fault.toMs)}%` }
      : { left: '0', width: `${percent(fault.fromMs)}%` };
  return (
    <span class={`bar-label ${place}`} style={style} aria-hidden="true">
      {plannedText(fault)}
    </span>
  );
}

/** What a drag that begins here makes of the fault, by the pixels that it goes. */
function draggedBy(fault: Fault, box: DOMRect, down: PointerEvent, msAPixel: number, durationMs: number) {
  const edge = Math.min(EDGE, box.width / 3);
  if (down.clientX > box.right - edge)
    return (dx: number) => stretched(fault, { toMs: fault.toMs + dx * msAPixel }, durationMs);
  if (down.clientX < box.left + edge)
    return (dx: number) => stretched(fault, { fromMs: fault.fromMs + dx * msAPixel }, durationMs);
  return (dx: number) => moved(fault, dx * msAPixel, durationMs);
}

function keyed(fault: Fault, key: string, byMs: number, durationMs: number, stretches: boolean): Fault | undefined {
  const by = key === 'ArrowRight' ? byMs : key === 'ArrowLeft' ? -byMs : 0;
  if (by === 0) return undefined;
  return stretches ? stretched(fault, { toMs: fault.toMs + by }, durationMs) : moved(fault, by, durationMs);
}
