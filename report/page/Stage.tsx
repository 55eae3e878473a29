import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Canvas, useWidth } from './Canvas.tsx';
import type { Lanes } from './lanes.ts';
import { operationAt, paintLanes, type Scene } from './paint-lanes.ts';
import { paintWorld, type WorldScene, worldHeight, worldOf, worldTextAt } from './paint-world.ts';
import { palette } from './palette.ts';
import { type Run, rootOf } from './run.ts';
import { useStore } from './store.ts';
import { theme } from './theme.ts';
import { durationText } from './time.ts';
import { listen, type Stretching } from './timeline-input.ts';

interface StageProps {
  readonly run: Run;
  readonly lanes: Lanes;
  readonly mask: Uint8Array | undefined;
  /** The operations that are framed. */
  readonly marked: Pick<Run, 'marked' | 'markedRows'>;
  readonly withMessages: boolean;
}

/** How much of the screen the lanes may take before they scroll. */
const TALLEST = 460;

/**
 * The two pictures of the timeline, the world above and the lanes below, on one time axis.
 * What is painted here is in the table below as well, for those who do not see it.
 */
export function Stage(props: StageProps) {
  const { run, lanes } = props;
  const stage = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(stage);
  const scenes = useScenes(props, width);
  const [scrollTop, setScrollTop] = useState(0);
  const [stretching, setStretching] = useState<Stretching>();
  const scene: Scene = { ...scenes.lanes, scrollTop };
  const latest = useRef(scene);
  latest.current = scene;
  useEffect(() => {
    if (!stage.current || !scroller.current) return;
    const hands = { run, stage: stage.current, scroller: scroller.current, stretch: setStretching };
    return listen({ ...hands, scene: () => latest.current });
  }, [run]);
  useScrollToSelected(run, latest, scroller);
  const tip = useTip(stage, scroller, scenes.world, latest);
  return (
    <div
      class="stage"
      ref={stage}
      role="application"
      aria-label="Timeline. Arrow keys move, plus and minus zoom, zero shows all, n and p go to the next and previous operation of an anomaly, brackets go along a lane. The table below has the same operations."
    >
      <Canvas width={width} height={scenes.worldHeight} paint={(c, ratio) => paintWorld(c, scenes.world, ratio)} />
      <div
        class="lanes"
        ref={scroller}
        style={{ height: `${scene.height}px` }}
        onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
      >
        <div style={{ height: `${lanes.rows * scene.rowHeight}px` }}>
          <div class="pinned">
            <Canvas width={width} height={scene.height} paint={(c, ratio) => paintLanes(c, scene, ratio)} />
          </div>
        </div>
      </div>
      {stretching && (
        <div class="stretch" style={{ left: `${stretching.from}px`, width: `${stretching.to - stretching.from}px` }} />
      )}
      {tip && (
        <div class="tip" style={{ transform: `translate(${tip.x}px, ${tip.y}px)` }}>
          {tip.text}
        </div>
      )}
    </div>
  );
}

/** The pictures as the stores have them now. */
function useScenes({ run, lanes, mask, marked, withMessages }: StageProps, width: number) {
  const view = useStore(run.view);
  const selected = useStore(run.selected);
  const dark = useStore(theme);
  const messages = useStore(run.messages);
  const colours = useMemo(palette, [dark]);
  const { faults, setting } = run.page;
  const world = useMemo(() => worldOf(faults, setting.nodes, messages), [faults, setting, messages]);
  const nodeHeight = withMessages ? 34 : 18;
  const gutter = width < 600 ? 64 : 96;
  const rowHeight = Math.max(12, Math.min(22, Math.floor(TALLEST / Math.max(1, lanes.rows))));
  const shared = { view, width, gutter, palette: colours };
  return {
    world: {
      ...shared,
      world,
      nodeHeight,
      momentsNs: run.momentsNs,
      root: selected < 0 ? '' : rootOf(run, selected),
    } satisfies WorldScene,
    worldHeight: worldHeight(world, nodeHeight),
    lanes: {
      ...shared,
      ops: run.ops,
      lanes,
      mask,
      marked: marked.marked,
      markedRows: marked.markedRows,
      selected,
      rowHeight,
      height: Math.min(TALLEST, lanes.rows * rowHeight),
      bands: faults.map(({ fromMs, toMs }) => [fromMs * 1e6, toMs * 1e6] as const),
    },
  };
}

/** Brings the lane of a newly selected operation into sight. */
function useScrollToSelected(run: Run, latest: RefObject<Scene | null>, scroller: RefObject<HTMLElement | null>): void {
  useEffect(
    () =>
      run.selected.subscribe(() => {
        const scene = latest.current;
        if (!scene || !scroller.current || run.selected.value < 0) return;
        const y = scene.lanes.rowOf[run.selected.value]! * scene.rowHeight;
        const { scrollTop } = scroller.current;
        if (y < scrollTop || y + scene.rowHeight > scrollTop + scene.height)
          scroller.current.scrollTop = y - scene.height / 2;
      }),
    [run, latest, scroller],
  );
}

interface Tip {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** What lies under the pointer, in words. */
function useTip(
  stage: RefObject<HTMLElement | null>,
  scroller: RefObject<HTMLElement | null>,
  world: WorldScene,
  latest: RefObject<Scene | null>,
): Tip | undefined {
  const [tip, setTip] = useState<Tip>();
  const latestWorld = useRef(world);
  latestWorld.current = world;
  useEffect(() => {
    const host = stage.current;
    if (!host) return;
    const stop = new AbortController();
    const show = (event: PointerEvent) => {
      const box = host.getBoundingClientRect();
      const x = event.clientX - box.left;
      const inLanes = event.clientY - (scroller.current?.getBoundingClientRect().top ?? 0);
      const text =
        inLanes < 0
          ? worldTextAt(latestWorld.current, x, event.clientY - box.top)
          : operationText(latest.current, x, inLanes);
      setTip(
        text && event.buttons === 0
          ? { x: Math.min(x + 14, box.width - 330), y: event.clientY - box.top + 16, text }
          : undefined,
      );
    };
    host.addEventListener('pointermove', show, { signal: stop.signal });
    host.addEventListener('pointerleave', () => setTip(undefined), { signal: stop.signal });
    return () => stop.abort();
  }, [stage, scroller, latest]);
  return tip;
}

function operationText(scene: Scene | null, x: number, y: number): string | undefined {
  if (!scene) return undefined;
  const row = operationAt(scene, x, y);
  if (row < 0) return undefined;
  const { ops } = scene;
  const took = durationText(ops.columns.endNs[row]! - ops.columns.startNs[row]!);
  const node = ops.node(row);
  const label = ops.label(row).slice(0, 160);
  return `#${ops.columns.start[row]} ${label} · process ${ops.columns.process[row]}${node ? ` at ${node}` : ''} · ${took}`;
}
