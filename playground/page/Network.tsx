import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useWidth } from '../../report/page/Canvas.tsx';
import { palette } from '../../report/page/palette.ts';
import { useStore } from '../../report/page/store.ts';
import { theme } from '../../report/page/theme.ts';
import { type Film, filmOf, inFlight, lastMoment } from './moments.ts';
import { paintNetwork } from './paint-network.ts';
import type { Ran, Session } from './session.ts';

/** How many milliseconds of the run pass in a second, in words. */
const SPEEDS = [
  ['1/1000', 1],
  ['1/100', 10],
  ['1/10', 100],
  ['as it is', 1000],
] as const;

/** The network at a moment, to step and to play through. */
export function Network({ session, ran }: { readonly session: Session; readonly ran: Ran }) {
  const film = useMemo(() => filmOf(ran.run), [ran]);
  const [speed, setSpeed] = useState(10);
  const { isPlaying, toggle } = usePlaying(session, film, speed);
  const step = (by: number) => {
    const place = lastMoment(film, session.atMs.value);
    const { moments } = film;
    // Several things may happen in one moment: to step is to come to another.
    let next = place + (by > 0 ? 1 : 0);
    if (by < 0) while (next >= 0 && moments[next]!.ms >= session.atMs.value - 1e-9) next--;
    session.atMs.set(moments[Math.max(0, Math.min(next, moments.length - 1))]?.ms ?? 0);
  };
  return (
    <section id="network" aria-labelledby="network-title" tabIndex={-1}>
      <h2 id="network-title">Moment by moment</h2>
      <Picture session={session} film={film} />
      <div class="toolbar player">
        <button type="button" onClick={() => step(-1)} aria-label="Step back">
          ‹
        </button>
        <button type="button" class="play" onClick={toggle}>
          {isPlaying ? 'Pause' : 'Play'}
        </button>
        <button type="button" onClick={() => step(1)} aria-label="Step on">
          ›
        </button>
        <Slider session={session} film={film} />
        <label class="check">
          speed{' '}
          <select value={speed} onChange={(event) => setSpeed(Number(event.currentTarget.value))}>
            {SPEEDS.map(([name, msASecond]) => (
              <option key={name} value={msASecond}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Now session={session} film={film} isPlaying={isPlaying} />
    </section>
  );
}

function usePlaying(session: Session, film: Film, speed: number) {
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return;
    let last = performance.now();
    let frame = requestAnimationFrame(function next(now) {
      const atMs = session.atMs.value + ((now - last) / 1000) * speed;
      last = now;
      session.atMs.set(Math.min(atMs, film.endMs));
      if (atMs >= film.endMs) return setPlaying(false);
      frame = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, film, speed]);
  const toggle = () => {
    if (!isPlaying && session.atMs.value >= film.endMs) session.atMs.set(0);
    setPlaying(!isPlaying);
  };
  return { isPlaying, toggle };
}

/** Painted when the moment changes, once a frame at most, without any component being drawn again. */
function Picture({ session, film }: { readonly session: Session; readonly film: Film }) {
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(place);
  const dark = useStore(theme);
  const colours = useMemo(palette, [dark]);
  const height = width < 600 ? 300 : 360;
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || width === 0) return;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    let frame = 0;
    const paint = () => {
      frame = 0;
      paintNetwork(context, { film, atMs: session.atMs.value, width, height, palette: colours }, ratio);
    };
    const ask = () => {
      if (frame === 0) frame = requestAnimationFrame(paint);
    };
    paint();
    const stop = session.atMs.subscribe(ask);
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [film, width, height, colours]);
  return (
    <div ref={place} class="network" aria-hidden="true">
      <canvas ref={canvas} style={{ width: `${width}px`, height: `${height}px` }} />
    </div>
  );
}

function Slider({ session, film }: { readonly session: Session; readonly film: Film }) {
  const input = useRef<HTMLInputElement>(null);
  const text = (ms: number) => `${ms.toFixed(3)} ms`;
  useEffect(() => {
    const follow = () => {
      if (!input.current) return;
      input.current.value = String(session.atMs.value);
      input.current.setAttribute('aria-valuetext', text(session.atMs.value));
    };
    follow();
    return session.atMs.subscribe(follow);
  }, [film]);
  return (
    <input
      ref={input}
      class="moment"
      type="range"
      aria-label="Moment of the run"
      min={0}
      max={film.endMs}
      step={0.1}
      onInput={(event) => session.atMs.set(Number(event.currentTarget.value))}
    />
  );
}

/** So many lines are read out. */
const LINES = 5;

/** What happens now, in words: for those who do not see the picture it is the picture. */
function Now(props: { readonly session: Session; readonly film: Film; readonly isPlaying: boolean }) {
  const { session, film, isPlaying } = props;
  const atMs = useSometimes(session, isPlaying ? 200 : 0);
  const last = lastMoment(film, atMs);
  const from = Math.max(0, last - LINES + 1);
  const flying = inFlight(film, atMs).length;
  return (
    <div class="now">
      <p role="status" aria-live={isPlaying ? 'off' : 'polite'}>
        <b class="number">{atMs.toFixed(3)} ms</b>: {film.moments[last]?.says() ?? 'nothing yet'}.{' '}
        <span class="quiet">
          {flying === 1 ? '1 message' : `${flying} messages`} on the way. Event {last + 1} of {film.moments.length}.
        </span>
      </p>
      <ol class="quiet" start={from + 1}>
        {film.moments.slice(from, Math.max(0, last)).map(({ ms, says }, place) => (
          <li key={from + place}>
            <span class="number">{ms.toFixed(3)} ms</span> {says()}
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The moment, told so often at most. */
function useSometimes({ atMs }: Session, everyMs: number): number {
  const [value, setValue] = useState(atMs.value);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      timer = undefined;
      setValue(atMs.value);
    };
    const ask = () => {
      timer ??= setTimeout(tell, everyMs);
    };
    tell();
    const stop = atMs.subscribe(ask);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [atMs, everyMs]);
  return value;
}
