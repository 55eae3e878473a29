import { counted } from 'elle-ts';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { faultText } from '../../harness/faults/meanings.ts';
import { Exchange, Intervals } from '../../report/page/Intervals.tsx';
import type { Run } from '../../report/page/run.ts';
import { storyOf } from '../../report/page/story.ts';
import type { Engine } from '../engine/engine.ts';
import type { Made } from '../engine/messages.ts';
import { type Scenario, scenarioOf } from '../engine/scenario.ts';
import { linkText } from '../link/codec.ts';
import { openedRun } from '../page/opened-run.ts';
import type { Example } from './chapter.ts';
import { anomalyOf, momentOf, type Told, toldBy } from './example.ts';

const SAYS: Readonly<Record<Told, string>> = {
  same: 'This page has just run it: the same messages at the same times, and the same anomaly.',
  occurred: 'This page has just run it: the same anomaly, though in another run than the one that is written down.',
  missing: 'This page has just run it, and it did not show what is written down. Please report that.',
};

/** A design that breaks, run in the page: what was asked, what went wrong, and the way into the playground. */
export function Broken({ example, engine }: { readonly example: Example; readonly engine: Engine }) {
  const scenario = useMemo(() => scenarioOf(example.setting), [example]);
  const [made, setMade] = useState<Made>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    engine.ask('run', scenario).then(setMade, (error: Error) => setProblem(error.message));
  }, [scenario]);
  const { calls, faults } = example.setting.plan;
  const run = useMemo(() => made && openedRun(made), [made]);
  const told = made && toldBy(example, made);
  const { message, steps } = (made && anomalyOf(made, example.anomaly.name)) ?? example.anomaly;
  return (
    <figure class="broken-run" data-system={example.system} data-told={told ?? (problem ? 'failed' : 'running')}>
      <figcaption>
        <h3>
          <code>{example.system}</code>: {example.anomaly.name}
        </h3>
        <p class="flaw">{message}</p>
        <p class="quiet">
          {counted(calls.length, 'call')}
          {faults.length === 0 ? ', no fault' : ''}
          {made?.page.faults.map((one) => `, ${faultText(one)} from ${one.fromMs} to ${one.toMs} ms`).join('')}
        </p>
      </figcaption>
      {problem !== '' && (
        <p class="broken" role="alert">
          It cannot be run: {problem}.
        </p>
      )}
      {made && run ? <Drawn made={made} run={run} /> : problem === '' && <p aria-live="polite">Running…</p>}
      {told && <p role="status">{SAYS[told]}</p>}
      {run && <Open run={run} example={example} scenario={scenario} />}
      <details>
        <summary>Why this must not be</summary>
        <ol class="steps">
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </details>
    </figure>
  );
}

/** The operations that prove it, or the messages that led to it, as a report draws them. */
function Drawn({ made, run }: { readonly made: Made; readonly run: Run }) {
  const [told] = made.page.anomalies;
  if (!told) return null;
  const story = storyOf(run, told, made.messages);
  return (
    <>
      {story.rows.length > 0 && <Intervals run={run} story={story} names={[]} />}
      <Exchange run={run} story={story} />
    </>
  );
}

/** The link into the playground, at the moment that matters. */
function Open(props: { readonly run: Run; readonly example: Example; readonly scenario: Scenario }) {
  const { run, example, scenario } = props;
  const [link, setLink] = useState('');
  useEffect(() => {
    linkText({ scenario, atMs: momentOf(run) }).then(setLink, () => undefined);
  }, [run, scenario]);
  return (
    <p>
      {link !== '' && (
        <a class="open-run" href={`#play=${link}`}>
          Open it in the playground, at the moment that matters
        </a>
      )}
      <span class="quiet">
        {' '}
        On the command line: <code>splitbrain replay {example.file} --steps</code>
      </span>
    </p>
  );
}
