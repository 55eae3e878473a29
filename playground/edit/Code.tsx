import { useEffect, useRef, useState } from 'preact/hooks';
import { useStore } from '../../report/page/store.ts';
import { download } from '../download.ts';
import type { Session } from '../page/session.ts';
import type { Editing, EditorScript } from './editor.ts';
import './edit.css';
import { keepCode, ownCode } from './own.ts';

interface CodeProps {
  readonly session: Session;
  /** The design that the code was before it was edited. */
  readonly name: string;
  readonly editor: EditorScript;
  readonly written: { readonly text: string; readonly line: number };
}

/** The editor, and what can be done with its code. */
export function Code({ session, name, editor, written }: CodeProps) {
  const place = useRef<HTMLDivElement>(null);
  const editing = useRef<Editing>(null);
  const [own, setOwn] = useState(() => ownCode(name));
  const [kept, setKept] = useState(true);
  const problem = useStore(session.edited.problem);
  const busy = useStore(session.busy);
  useEffect(() => {
    const change = (text: string) => {
      const changed = text === written.text ? undefined : text;
      setOwn(changed);
      setKept(keepCode(name, changed));
    };
    const one = editor.mount(place.current as HTMLDivElement, own ?? written.text, change);
    if (own === undefined) one.show(written.line);
    editing.current = one;
    return () => {
      one.end();
      session.edited.leave();
    };
  }, []);
  const run = () => {
    const code = editing.current?.text() ?? '';
    session.edited.run(name, (scenario) => editor.run(code, scenario));
  };
  const back = () => {
    editing.current?.replace(written.text);
    editing.current?.show(written.line, true);
    session.edited.leave();
  };
  return (
    <div class="editing">
      <p>
        The code as the simulator runs it, in JavaScript against <code>Node</code>; it stays in this browser, and a link
        does not carry it. What the design is built on comes first, its own file from line {written.line}.
      </p>
      <div class="code" ref={place} />
      {problem && (
        <p class="broken">
          {problem.error}{' '}
          {problem.line !== undefined && (
            <button type="button" onClick={() => editing.current?.show(problem.line as number, true)}>
              Line {problem.line}
            </button>
          )}
        </p>
      )}
      <p class="buttons">
        <button type="button" disabled={busy} onClick={run}>
          Run this code
        </button>
        <button type="button" onClick={() => download('my.mjs', editing.current?.text() ?? '', 'text/javascript')}>
          Download my.mjs
        </button>
        <button type="button" disabled={own === undefined} onClick={back}>
          Back to the design as it was
        </button>
      </p>
      <p role="status">
        {busy && 'Running. '}
        {own !== undefined && (kept ? 'Changed, and kept in this browser.' : 'Changed; this browser keeps nothing.')}
      </p>
      <p>
        On the command line: <code>splitbrain run --system ./my.mjs#mine --cluster simulation</code>
      </p>
    </div>
  );
}
