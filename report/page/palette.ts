/** The page's colours as the style sheet has them, for what is painted on canvases. */
export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly panel: string;
  readonly ok: string;
  readonly fail: string;
  readonly info: string;
  readonly anomaly: string;
  readonly fault: string;
  readonly faultText: string;
  readonly onBar: string;
  readonly down: string;
  readonly paused: string;
  readonly up: string;
  readonly accent: string;
  readonly stripe: string;
}

/** Reads them anew, as they differ between light and dark. */
export function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: of('text'),
    muted: of('muted'),
    line: of('line'),
    panel: of('panel'),
    ok: of('ok'),
    fail: of('fail'),
    info: of('info'),
    anomaly: of('anomaly'),
    fault: of('fault'),
    faultText: of('fault-text'),
    onBar: of('on-bar'),
    down: of('down'),
    paused: of('paused'),
    up: of('up'),
    accent: of('accent'),
    stripe: of('stripe'),
  };
}

/** A colour `#rrggbb` as a pixel of an ImageData seen as 32-bit integers (little-endian), with this opacity. */
export function pixel(colour: string, alpha = 255): number {
  const rgb = Number.parseInt(colour.slice(1, 7), 16);
  return (alpha << 24) | ((rgb & 255) << 16) | (rgb & 0xff00) | (rgb >> 16);
}
