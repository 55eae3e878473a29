import { useEffect, useState } from 'preact/hooks';
import type { Engine } from '../engine/engine.ts';
import { linkText } from '../link/codec.ts';
import { type Figures, figuresOf, MEASURED, scenarioFor } from './measured.ts';
import { Table } from './Prose.tsx';

/** The page of slide 13: its score of designs that are run in this page, beside what is measured here. */
export function Measures({ engine }: { readonly engine: Engine }) {
  const [figures, setFigures] = useState<readonly Figures[]>([]);
  const [link, setLink] = useState('');
  useEffect(() => {
    measured(engine).then(setFigures, () => undefined);
    linkText({ scenario: scenarioFor(MEASURED[0]), atMs: 1500 }).then(setLink, () => undefined);
  }, [engine]);
  return (
    <>
      <section aria-labelledby="says-title">
        <h2 id="says-title">What the slide says</h2>
        <p class="prose">
          <strong>The slide</strong> gives a system one number: 40% are nodes that are well, 30% how fast writes return,
          and 30% the mean of consistency checks that somebody hands in. That is "comprehensive monitoring".
        </p>
      </section>
      <section aria-labelledby="shows-title">
        <h2 id="shows-title">What breaks it</h2>
        <p class="prose">
          <strong>splitbrain shows</strong> that a system which answers nothing scores well. Whoever refuses every call
          refuses it at once, shows nothing that is wrong, and its nodes are up. Any write within a second counts as
          fast as can be; and who checks only the answers that came hears nothing of those that did not.
        </p>
        <div data-measured={figures.length}>
          {figures.length === 0 ? (
            <p aria-live="polite">Running…</p>
          ) : (
            <Table
              label="The slide's score beside what is measured"
              head={['system', "the slide's score", 'calls that did what they should', 'what it claims']}
              rows={figures.map(({ system, score, done, called, claims }) => [
                system,
                score.toFixed(2),
                `${done} of ${called}, ${Math.round((100 * done) / Math.max(1, called))}%`,
                claims,
              ])}
              note="Run in this page just now: three virtual seconds, with n1 cut off from the others all the time."
            />
          )}
        </div>
        {link !== '' && (
          <p>
            <a class="open-run" href={`#play=${link}`}>
              Open the one that answers nothing in the playground
            </a>
          </p>
        )}
      </section>
      <section aria-labelledby="sound-title">
        <h2 id="sound-title">What to measure instead</h2>
        <p class="prose">
          A verdict, with a counterexample where it is refuted; which share of the calls was answered while a fault
          lasted, and on which side of it; how old what was read was; how soon all were answered again; and which
          acknowledged writes are gone. No sum of them means anything, for a system that gives up one buys another with
          it.
        </p>
      </section>
      <section aria-labelledby="costs-title">
        <h2 id="costs-title">What that costs</h2>
        <p class="prose">
          Every call has to be recorded with its beginning, its end and its answer, and judged afterwards. In a page
          that is some milliseconds a run; <code>splitbrain list metrics</code> says how each figure is computed.
        </p>
      </section>
    </>
  );
}

async function measured(engine: Engine): Promise<readonly Figures[]> {
  const all: Figures[] = [];
  for (const system of MEASURED) all.push(figuresOf(system, await engine.ask('run', scenarioFor(system))));
  return all;
}
