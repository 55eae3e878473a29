import { flushSync } from 'preact/compat';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { convergence } from './convergence.ts';
import type { Curve } from './curve.ts';
import { MeasuredTables } from './MeasuredTables.tsx';
import { latencies, latencyQuantiles, staleness, throughput } from './measures.ts';
import { Plot } from './Plot.tsx';
import type { Run } from './run.ts';
import { durationText } from './time.ts';

/**
 * Latency, throughput and staleness over time, with the faults
 * behind them. Drawn when scrolled near: a large run opens sooner.
 */
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
    // On paper there is no scrolling: what was not drawn yet is drawn first, at once.
    const printed = () => flushSync(() => setNear(true));
    addEventListener('beforeprint', printed);
    return () => {
      observer.disconnect();
      removeEventListener('beforeprint', printed);
    };
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
      {run.page.metrics && <MeasuredTables run={run} metrics={run.page.metrics} />}
    </section>
  );
}

const TONES = ['ok', 'fail', 'info'] as const;

const DASHES = [[], [6, 3], [2, 3], [8, 2, 2, 2]];

/** Functions differ by colour, outcomes by dash. */
function Plots({ run }: { readonly run: Run }) {
  const rates = useMemo(() => throughput(run.ops, run.bounds), [run]);
  const [only, setOnly] = useState(-1);
  const { fNames } = run.ops.columns;
  return (
    <>
      {fNames.length > 1 && (
        <fieldset class="choice">
          <legend class="hidden">Latency of</legend>
          {['all', ...fNames].map((name, place) => (
            <label key={name} class={place - 1 === only ? 'chosen' : ''}>
              <input type="radio" name="only" checked={place - 1 === only} onChange={() => setOnly(place - 1)} />
              {name}
            </label>
          ))}
        </fieldset>
      )}
      <div class="plots">
        <Latencies key={only} run={run} only={only} />
        <Plot
          run={run}
          title="Throughput by function and outcome"
          unit="calls a second"
          at={rates.at}
          curves={rates.series.map(({ name, outcome, f, rate }): Curve => {
            return { name, colour: `quantile-${f % 6}`, values: rate, dash: DASHES[outcome]! };
          })}
        />
        <Stale run={run} />
        <Converging run={run} />
      </div>
    </>
  );
}

function Latencies({ run, only }: { readonly run: Run; readonly only: number }) {
  const quantiles = useMemo(() => latencyQuantiles(run.ops, run.bounds, only), [run, only]);
  const raw = useMemo(() => latencies(run.ops, only), [run, only]);
  const of = only < 0 ? '' : `: ${run.ops.columns.fNames[only]}`;
  return (
    <>
      <Plot
        run={run}
        title={`Latency of single operations${of}`}
        unit="ms"
        at={raw.at}
        logarithmic
        curves={TONES.map((tone, i) => ({ name: tone, colour: tone, values: raw.ms[i]!, points: true })).filter(
          (curve) => curve.values.some((value) => value !== null),
        )}
      />
      <Plot
        run={run}
        title={`Latency quantiles of what succeeded${of}`}
        unit="ms"
        at={quantiles.at}
        logarithmic
        curves={quantiles.series.map(({ name, ms }, i) => ({ name, colour: `quantile-${i}`, values: ms }))}
      />
    </>
  );
}

/** How replicas came to know of each other's updates. */
function Converging({ run }: { readonly run: Run }) {
  const seen = useMemo(() => convergence(run.ops), [run]);
  if (!seen) return null;
  const curves = seen.series.map(({ node, known }, i): Curve => {
    return { name: node, colour: `quantile-${(i + 3) % 4}`, values: known, dash: DASHES[Math.floor(i / 4) % 4]! };
  });
  const title = 'Convergence: updates visible at each node';
  return <Plot run={run} title={title} unit="updates" at={seen.at} curves={curves} />;
}

/**
 * How stale the reads of each node were: a replica that lags
 * is a cloud of its own, and one that caught up has none left.
 */
function Stale({ run }: { readonly run: Run }) {
  const stale = useMemo(() => staleness(run.ops), [run]);
  if (!stale) return null;
  const count = stale.reads.toLocaleString('en');
  if (stale.stale === 0) return <p class="quiet">No read was proved stale, of {count}.</p>;
  const title = `Staleness by node: ${stale.stale} of ${count} reads were proved stale, by up to ${durationText(stale.worstMs * 1e6)}`;
  const curves = stale.series.map(({ node, ms }, i): Curve => {
    return { name: node, colour: `quantile-${(i + 3) % 4}`, values: ms, points: true };
  });
  return <Plot run={run} title={title} unit="ms" at={stale.at} curves={curves} />;
}
