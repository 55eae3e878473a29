import { useEffect, useState } from 'preact/hooks';
import type { DesignEntry } from '../engine/catalogue.ts';
import type { Session } from '../page/session.ts';
import { assembled, type Pieces } from './assembled.ts';
import { editorAndPieces } from './beside.ts';
import { Code } from './Code.tsx';
import type { EditorScript } from './editor.ts';

interface EditProps {
  readonly session: Session;
  readonly design: DesignEntry;
}

/** The design's code to be changed and run; what that needs is loaded when somebody opens it. */
export function Edit({ session, design }: EditProps) {
  const [open, setOpen] = useState(false);
  const [loaded, setLoaded] = useState<{ readonly editor: EditorScript; readonly pieces: Pieces }>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    if (open && !loaded) editorAndPieces().then(setLoaded, (error: Error) => setProblem(error.message));
  }, [open]);
  return (
    <details id="edit" class="edit" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Edit and run {design.name}</summary>
      {problem !== '' && <p role="alert">{problem}</p>}
      {open && !loaded && problem === '' && <p aria-live="polite">Loading the editor…</p>}
      {open && loaded && (
        <Code
          key={design.name}
          session={session}
          name={design.name}
          editor={loaded.editor}
          written={assembled(loaded.pieces, design.name)}
        />
      )}
    </details>
  );
}
