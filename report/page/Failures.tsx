import type { SummaryRun } from '../../harness/campaign/summary.ts';
import type { Failure } from './data.ts';
import { hasReport, reportOf } from './report-of.ts';

/** So many failures are told at once; the table of runs has them all. */
const SHOWN = 20;

/** What broke, each with the few lines that show it, the command that repeats it, and where to read on. */
export function Failures(props: { readonly failures: readonly Failure[]; readonly runs: readonly SummaryRun[] }) {
  const { failures, runs } = props;
  if (failures.length === 0) return null;
  const byId = new Map(runs.map((run) => [run.id, run]));
  return (
    <section aria-labelledby="failures-title">
      <h2 id="failures-title">{failures.length === 1 ? 'The failure' : `${failures.length} failures`}</h2>
      {failures.slice(0, SHOWN).map((failure) => (
        <FailureCard key={failure.name} failure={failure} run={byId.get(failure.run)} />
      ))}
      {failures.length > SHOWN && <p class="quiet">{failures.length - SHOWN} more are in the tables below.</p>}
    </section>
  );
}

function FailureCard({ failure, run }: { readonly failure: Failure; readonly run: SummaryRun | undefined }) {
  const { name, outcome, seen, lines, command, shrunk } = failure;
  return (
    <article class={`failure ${outcome}`}>
      <h3>
        <bdi>{name}</bdi>
      </h3>
      {seen && (
        <p class="why">
          <bdi>{seen}</bdi>
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys */}
      <pre tabIndex={0}>{lines.join('\n')}</pre>
      {command !== undefined && (
        <p class="again">
          <code>
            <bdi>{command}</bdi>
          </code>
        </p>
      )}
      {run && hasReport(run) && (
        <p class="elsewhere">
          <a href={reportOf(run)}>report</a>
          {shrunk && <a href={reportOf(run, 'smallest.html')}>smallest run that shows it</a>}
          {shrunk && <a href={reportOf(run, 'counterexample.json')}>counterexample.json</a>}
        </p>
      )}
    </article>
  );
}
