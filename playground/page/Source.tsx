import { useEffect, useState } from 'preact/hooks';
import { Scrollable } from '../../report/page/Scrollable.tsx';
import type { DesignEntry } from '../engine/catalogue.ts';
import { filesOf, loadSources, type Sources } from './sources.ts';

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
      {open && sources && <Files key={design.folder} design={design} sources={sources} />}
    </details>
  );
}

function Files({ design, sources }: { readonly design: DesignEntry; readonly sources: Sources }) {
  const files = filesOf(sources, design);
  const [path, setPath] = useState('');
  const shown = files.find((file) => file.path === path) ?? files[0];
  if (!shown) return <p>There is no source of it.</p>;
  return (
    <>
      <label class="field">
        File
        <select value={shown.path} onChange={(event) => setPath(event.currentTarget.value)}>
          {files.map((file) => (
            <option key={file.path}>{file.path}</option>
          ))}
        </select>
      </label>
      <Scrollable class="code" label={`Source: ${shown.path}`}>
        <pre>{shown.text}</pre>
      </Scrollable>
    </>
  );
}
