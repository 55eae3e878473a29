import { counted } from 'elle-ts';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { faultText } from '../../harness/faults/meanings.ts';
import { Exchange, Intervals } from '../../report/page/Intervals.tsx';
import { storyOf } from '../../report/page/story.ts';
import type { Engine } from '../engine/engine.ts';
import type { Made } from '../engine/messages.ts';
import { linkText } from '../link/codec.ts';
import type { Example } from './chapter.ts';
import { anomalyOf, momentOf, openedRun, scenarioOf, type Told, toldBy } from './example.ts';

const SAYS: Readonly<Record<Told, string>> = {
  same: 'This page has just run it: the same messages at the same times, and the same anomaly.',
  occurred: 'This page has just run it: the same anomaly, though in another run than the one that is written down.',
  missing: 'This page has just run it, and it did not show what is written down. Please report that.',
};

/** A design that breaks, run in the page: what was asked, what went wrong, and the way into the playground. */
export function Broken({ example, engine }: { readonly example: Example; readonly engine: Engine }) {
  const scenario = useMemo(() => scenarioOf(example), [example]);
  const [made, setMade] = useState<Made>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    engine.ask('run', scenario).then(setMade, (error: Error) => setProblem(error.message));
  }, [scenario]);
  const { calls, faults } = example.setting.plan;
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
      {made && told ? <Drawn made={made} /> : problem === '' && <p aria-live="polite">Running…</p>}
      {told && <p role="status">{SAYS[told]}</p>}
      {made && <Open made={made} example={example} />}
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
function Drawn({ made }: { readonly made: Made }) {
  const run = useMemo(() => openedRun(made), [made]);
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
function Open({ made, example }: { readonly made: Made; readonly example: Example }) {
  const [link, setLink] = useState('');
  useEffect(() => {
    const shown = { scenario: scenarioOf(example), atMs: momentOf(openedRun(made)) };
    linkText(shown).then(setLink, () => undefined);
  }, [made, example]);
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
