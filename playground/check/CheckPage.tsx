import { useEffect, useState } from 'preact/hooks';
import { Frame } from '../../report/page/Frame.tsx';
import { RunReport } from '../../report/page/RunReport.tsx';
import { useStore } from '../../report/page/store.ts';
import { download } from '../download.ts';
import { PAGES } from '../page/pages.ts';
import type { Checker, Checking, Entry } from './checking.ts';
import { DropZone } from './DropZone.tsx';
import { Entries } from './Entries.tsx';
import { Options } from './Options.tsx';
import { type Dropped, NOTHING_SAID, type Said } from './protocol.ts';
import { reportFile } from './save.ts';

/** Drop histories, get verdicts: what `splitbrain check` does, in the reader's own browser. */
export function CheckPage({ checker }: { readonly checker: Checker }) {
  const [files, setFiles] = useState<readonly Dropped[]>([]);
  const [said, setSaid] = useState<Said>(NOTHING_SAID);
  const [judged, setJudged] = useState<Said>(NOTHING_SAID);
  const [chosen, setChosen] = useState(-1);
  const checking = useStore(checker.checking);
  const judge = (these: readonly Dropped[]) => {
    setFiles(these);
    setJudged(said);
    setChosen(-1);
    checker.judge(these, said);
  };
  const shown = shownOf(checking.entries, chosen);
  return (
    <Frame title="Check histories" links={PAGES} skipTo="the files" of="the playground">
      <section class="check-intro">
        <h1>Check histories</h1>
        <p>
          Of Jepsen, Elle, Porcupine, Maelstrom, dbcop and others: is there an order of these operations that the model
          allows? Judged in your browser by the same code as <code>splitbrain check</code>; nothing leaves this machine.
        </p>
      </section>
      <DropZone onFiles={judge} />
      <Options checker={checker} said={said} onSaid={setSaid} />
      <Status checking={checking} onCancel={() => checker.cancel()} />
      {files.length > 0 && checking.state !== 'busy' && said !== judged && (
        <p>
          <button type="button" onClick={() => judge(files)}>
            Judge {files.length === 1 ? 'the file' : 'the files'} again
          </button>
        </p>
      )}
      {checking.entries.length > 0 && <Entries checking={checking} shown={shown} onShow={setChosen} />}
      <Shown key={`${shown} ${checking.entries[shown]?.report?.operations.length}`} entry={checking.entries[shown]} />
    </Frame>
  );
}

/** The report that was chosen, else the first of a history that was refuted, else the first one. */
function shownOf(entries: readonly Entry[], chosen: number): number {
  if (chosen >= 0) return chosen;
  const refuted = entries.findIndex(({ report }) => report?.page.verdict === 'invalid');
  return refuted >= 0 ? refuted : entries.findIndex(({ report }) => report !== undefined);
}

function Status({ checking, onCancel }: { readonly checking: Checking; onCancel(): void }) {
  const { state, entries, refused } = checking;
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    setSeconds(0);
    if (state !== 'busy') return;
    const began = performance.now();
    const clock = setInterval(() => setSeconds(Math.floor((performance.now() - began) / 1000)), 1000);
    return () => clearInterval(clock);
  }, [state]);
  const ended = entries.filter(({ outcome }) => outcome).length;
  if (state === 'refused')
    return (
      <p class="broken" role="alert">
        {refused}
      </p>
    );
  return (
    <div class={`status ${state}`}>
      <p role="status">
        {state === 'busy' && (entries.length === 0 ? 'Looking for histories' : `${ended} of ${entries.length} judged`)}
        {state === 'cancelled' && `Cancelled: ${ended} of ${entries.length} judged`}
        {state === 'done' && entries.length > 1 && `${ended} histories judged`}
      </p>
      {state === 'busy' && (
        <>
          <span>{seconds} s</span>
          <button type="button" onClick={onCancel}>
            Cancel
          </button>
        </>
      )}
    </div>
  );
}

/** The same report as `check --report` writes, and the button that saves it. */
function Shown({ entry }: { readonly entry: Entry | undefined }) {
  const report = entry?.report;
  if (!entry || !report) return null;
  const save = () => download(`${entry.path.replace(/^.*\//, '')}.html`, reportFile(report), 'text/html');
  return (
    <div class="shown">
      <p class="save">
        <button type="button" onClick={save}>
          Save this report as one HTML file
        </button>
      </p>
      <RunReport page={report.page} links={[]} operations={report.operations} messages="" />
    </div>
  );
}
