import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { latencies, latencyQuantiles, staleness, throughput } from './measures.ts';
import { type Curve, Plot } from './Plot.tsx';
import type { Run } from './run.ts';
import { durationText } from './time.ts';

/** Latency, throughput and staleness over time, with the faults behind them. Drawn when scrolled near: a large run opens sooner. */
export function Performance({ run }: { readonly run: Run }) {
  const host = useRef<HTMLElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (!host.current) return;
    const observer = new IntersectionObserver(
      (entries) => setNear((was) => was || entries.some((e) => e.isIntersecting)),
      {
        rootMargin: '400px',
      },
    );
    observer.observe(host.current);
    return () => observer.disconnect();
  }, []);
  return (
    <section id="performance" ref={host} aria-labelledby="performance-title">
      <h2 id="performance-title">Performance</h2>
      {run.ops.length === 0 ? (
        <p>There were no operations.</p>
      ) : near ? (
        <Plots run={run} />
      ) : (
        <div class="plots later" />
      )}
    </section>
  );
}

const TONES = ['ok', 'fail', 'info'] as const;

function Plots({ run }: { readonly run: Run }) {
  const rates = useMemo(() => throughput(run.ops, run.bounds), [run]);
  const quantiles = useMemo(() => latencyQuantiles(run.ops, run.bounds), [run]);
  const raw = useMemo(() => latencies(run.ops), [run]);
  const stale = useMemo(() => staleness(run.ops), [run]);
  const dashes = [[], [6, 3], [2, 3], [8, 2, 2, 2]];
  return (
    <div class="plots">
      <Plot
        run={run}
        title="Throughput by function and outcome"
        unit="a second"
        at={rates.at}
        curves={rates.series.map(({ name, outcome, rate }, i): Curve => {
          return { name, colour: TONES[outcome]!, values: rate, dash: dashes[Math.floor(i / 3) % 4]! };
        })}
      />
      <Plot
        run={run}
        title="Latency of single operations"
        unit="ms"
        at={raw.at}
        logarithmic
        curves={TONES.map((tone, i) => ({ name: tone, colour: tone, values: raw.ms[i]!, points: true })).filter(
          (curve) => curve.values.some((value) => value !== null),
        )}
      />
      <Plot
        run={run}
        title="Latency quantiles of what succeeded"
        unit="ms"
        at={quantiles.at}
        logarithmic
        curves={quantiles.series.map(({ name, ms }, i) => ({ name, colour: `quantile-${i}`, values: ms }))}
      />
      {stale && stale.stale > 0 && (
        <Plot
          run={run}
          title={`Staleness: ${stale.stale} of ${stale.reads} reads were certainly stale, by up to ${durationText(stale.worstMs * 1e6)}`}
          unit="ms"
          at={stale.at}
          curves={[{ name: 'at least this stale', colour: 'anomaly', values: stale.ms, points: true }]}
        />
      )}
      {stale && stale.stale === 0 && (
        <p class="quiet">No read was certainly stale, of {stale.reads.toLocaleString('en')}.</p>
      )}
    </div>
  );
}
