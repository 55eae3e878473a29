import { type RingData, type RingSize, ringPlaces } from './ring.ts';

const SIZE: RingSize = { width: 460, height: 300, radius: 96, node: 25 };

/** The ring as a drawing, with the reason on every edge. */
export function Ring({ ring }: { readonly ring: RingData }) {
  const places = ringPlaces(ring.nodes.length, SIZE);
  return (
    <figure class="ring">
      <svg viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} role="img" aria-label={spoken(ring)}>
        <title>A cycle of operations</title>
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0 L8 4 L0 8 z" />
          </marker>
        </defs>
        {ring.edges.map((edge, place) => {
          const { x, y, side } = places.label(place);
          return (
            <g key={`${place}`}>
              <title>{edge.says}</title>
              <path d={places.arc(place)} marker-end="url(#arrow)" />
              <text class="reason" x={x} y={y} text-anchor={side}>
                {edge.reason}
              </text>
            </g>
          );
        })}
        {ring.nodes.map((node, place) => {
          const { x, y } = places.node(place);
          return (
            <a key={node.start} href={`#op-${node.start}`} aria-label={`T${place + 1}, operation ${node.start}`}>
              <title>{node.label.slice(0, 300)}</title>
              <circle cx={x} cy={y} r={SIZE.node} />
              <text x={x} y={y + 5} text-anchor="middle">
                T{place + 1}
              </text>
            </a>
          );
        })}
      </svg>
    </figure>
  );
}

function spoken(ring: RingData): string {
  return `Cycle of ${ring.nodes.length} operations. ${ring.edges.map((edge) => edge.says).join('. ')}`;
}
