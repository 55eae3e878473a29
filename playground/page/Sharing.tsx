import { useState } from 'preact/hooks';
import { useStore } from '../../report/page/store.ts';
import { download } from '../download.ts';
import { addressOf } from './address.ts';
import { type Session, toldAnomaly } from './session.ts';

/** No counterexample is as long as this. */
const LONGEST_FILE = 20_000_000;

/** The link to what is seen, and counterexamples as files of `splitbrain replay`. */
export function Sharing({ session }: { readonly session: Session }) {
  const ran = useStore(session.ran);
  const notice = useStore(session.notice);
  const [link, setLink] = useState('');
  const anomaly = ran && toldAnomaly(ran);
  const copy = async () => {
    const address = await addressOf(session);
    setLink(address);
    await navigator.clipboard?.writeText(address).then(
      () => session.notice.set('The link is copied.'),
      () => session.notice.set('The browser does not let a page copy: take the link from the field.'),
    );
  };
  const save = async () => {
    if (!ran || !anomaly) return;
    try {
      const example = await session.ask('example', { planned: ran.made.planned, anomaly });
      const name = `${example.setting.system.replace('/', '-')}.${anomaly}.json`;
      download(name, `${JSON.stringify(example, null, 2)}\n`, 'application/json');
      session.notice.set(`${name}: splitbrain replay ${name} makes the same run.`);
    } catch (error) {
      session.notice.set(`There is no file: ${(error as Error).message}.`);
    }
  };
  const open = async (file: File | undefined) => {
    if (!file) return;
    try {
      if (file.size > LONGEST_FILE) throw new Error(`it is longer than ${LONGEST_FILE} bytes`);
      session.open({ scenario: await session.ask('open', { text: await file.text(), file: file.name }) });
      session.notice.set(`${file.name} is opened.`);
    } catch (error) {
      session.notice.set(`${file.name} cannot be opened: ${(error as Error).message}.`);
    }
  };
  return (
    <section id="sharing" aria-labelledby="sharing-title" tabIndex={-1}>
      <h2 id="sharing-title">Take it along</h2>
      <div class="toolbar">
        <button type="button" onClick={() => void copy()}>
          Copy the link
        </button>
        <button type="button" disabled={!anomaly || ran.isOwn} onClick={() => void save()}>
          Save as a counterexample
        </button>
        <label class="check file">
          Open a counterexample{' '}
          <input
            type="file"
            accept=".json,application/json"
            onChange={(event) => void open(event.currentTarget.files?.[0])}
          />
        </label>
      </div>
      {link !== '' && (
        <label class="field">
          Link
          <input readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
        </label>
      )}
      <p role="status" class="told">
        {notice}
      </p>
    </section>
  );
}
