import { chapters } from 'splitbrain:tour';
import { useEffect, useState } from 'preact/hooks';
import { Frame } from '../../report/page/Frame.tsx';
import { Engine } from '../engine/engine.ts';
import { PAGES } from '../page/pages.ts';
import { startWorker } from '../start-worker.ts';
import { Measures } from './Measures.tsx';
import { Slide } from './Slide.tsx';
import { METRICS, stopOf, stops } from './stops.ts';

/** The tour: a list of the slides, or the page of one of them, each broken in the page. */
export function Tour({ slide }: { readonly slide: number | undefined }) {
  const [engine, setEngine] = useState<Engine>();
  useEffect(() => {
    const own = new Engine(startWorker('simulate'));
    setEngine(own);
    return () => own.end();
  }, []);
  const stop = stopOf(slide);
  return (
    <Frame title={stop ? `Slide ${stop.slide}` : 'Tour'} links={PAGES} skipTo="the tour" of="the playground">
      {stop && engine ? <Stop key={stop.slide} slide={stop.slide} title={stop.title} engine={engine} /> : <List />}
    </Frame>
  );
}

function List() {
  return (
    <>
      <h1>The slides, broken one by one</h1>
      <p class="prose">
        Each page takes one slide of <cite>Designing Data-Intensive Applications: Consistency Tradeoffs</cite>, says
        what it promises, runs the smallest plan that breaks it in this page, and shows what a sound version does
        instead and what that costs.
      </p>
      <ol class="stops">
        {stops.map(({ slide, title, says }) => (
          <li key={slide}>
            <a href={`#tour=${slide}`}>{title}</a>
            <span class="quiet"> {says}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

function Stop({ slide, title, engine }: { readonly slide: number; readonly title: string; readonly engine: Engine }) {
  const chapter = chapters.find((one) => one.slide === slide);
  useEffect(() => scrollTo(0, 0), [slide]);
  return (
    <div class="stop" data-slide={slide}>
      <Beside slide={slide} label="Slides" />
      <h1>
        {slide}. {title}
      </h1>
      {chapter ? <Slide chapter={chapter} engine={engine} /> : slide === METRICS && <Measures engine={engine} />}
      <Beside slide={slide} label="Slides, at the end" />
    </div>
  );
}

/** The way to the slide before, to the one after, and to all. */
function Beside({ slide, label }: { readonly slide: number; readonly label: string }) {
  const at = stops.findIndex((one) => one.slide === slide);
  const [before, after] = [stops[at - 1], stops[at + 1]];
  return (
    <nav class="beside-stop" aria-label={label}>
      {before && <a href={`#tour=${before.slide}`}>← {before.title}</a>}
      <a href="#tour">All slides</a>
      {after && <a href={`#tour=${after.slide}`}>{after.title} →</a>}
    </nav>
  );
}
