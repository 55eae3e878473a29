import { useEffect, useRef, useState } from 'preact/hooks';
import { Scrollable } from '../../report/page/Scrollable.tsx';
import type { DesignEntry } from '../engine/catalogue.ts';
import type { Place } from '../flaw-place.ts';
import { filesOf, loadSources, placeOf, type Sources } from './sources.ts';

/** The design's source, which is loaded when somebody wants to see it. */
export function Source({ design }: { readonly design: DesignEntry }) {
  const [open, setOpen] = useState(false);
  const [sources, setSources] = useState<Sources>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    if (open && !sources) loadSources().then(setSources, (error: Error) => setProblem(error.message));
  }, [open]);
  return (
    <details class="source" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Source of {design.name}</summary>
      {problem !== '' && <p role="alert">{problem}</p>}
      {open && !sources && problem === '' && <p>Loading…</p>}
      {open && sources && <Files key={design.name} design={design} sources={sources} />}
    </details>
  );
}

function Files({ design, sources }: { readonly design: DesignEntry; readonly sources: Sources }) {
  const place = placeOf(sources, design);
  const folder = filesOf(sources, design);
  // What is wrong comes first, also where it stands in a file of another folder.
  const first = place?.file ?? folder[0]?.path ?? '';
  const paths = [...new Set([first, ...folder.map(({ path }) => path)])];
  const [chosen, choose] = useState(first);
  const text = sources[chosen];
  if (text === undefined) return <p>There is no source of it.</p>;
  return (
    <>
      <label class="field">
        File
        <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          {paths.map((path) => (
            <option key={path}>{path}</option>
          ))}
        </select>
      </label>
      <Scrollable class="code" label={`Source: ${chosen}`}>
        <Text key={chosen} text={text} place={place?.file === chosen ? place : undefined} />
      </Scrollable>
    </>
  );
}

/** The text, with the place that is wrong marked and brought into view. */
function Text({ text, place }: { readonly text: string; readonly place: Place | undefined }) {
  const mark = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = mark.current;
    const scrolled = element?.closest('.code');
    if (element && scrolled) scrolled.scrollTop = element.offsetTop - scrolled.clientHeight / 2;
  }, []);
  if (!place) return <pre>{text}</pre>;
  return (
    <pre>
      {text.slice(0, place.from)}
      <mark ref={mark} class="wrong-place">
        <span class="hidden">the place that is wrong: </span>
        {text.slice(place.from, place.to)}
      </mark>
      {text.slice(place.to)}
    </pre>
  );
}
