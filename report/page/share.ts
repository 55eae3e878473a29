/** A share of the width as SVG and CSS write it. */
export function share(of: number): string {
  return `${(of * 100).toFixed(3)}%`;
}
