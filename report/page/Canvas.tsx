import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Paints a canvas that is as wide as its place, sharp on every screen, once a frame at most. */
export function Canvas(props: {
  readonly width: number;
  readonly height: number;
  readonly paint: (context: CanvasRenderingContext2D, ratio: number) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, paint } = props;
  useLayoutEffect(() => {
    const frame = requestAnimationFrame(() => {
      const element = canvas.current;
      const context = element?.getContext('2d');
      if (!element || !context || width === 0) return;
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      const wide = Math.round(width * ratio);
      const high = Math.round(height * ratio);
      if (element.width !== wide || element.height !== high) {
        element.width = wide;
        element.height = high;
      }
      paint(context, ratio);
    });
    return () => cancelAnimationFrame(frame);
  });
  return (
    <div aria-hidden="true">
      <canvas ref={canvas} style={{ width: `${width}px`, height: `${height}px` }} />
    </div>
  );
}

/** The width of an element's inside in CSS pixels, kept up to date. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const host = element.current;
    if (!host) return;
    const measure = () => setWidth(Math.floor(host.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(host);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
