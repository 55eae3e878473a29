import { Facts } from '../../report/page/Facts.tsx';
import { Messages } from '../../report/page/Messages.tsx';
import { Stories } from '../../report/page/Stories.tsx';
import { useStore } from '../../report/page/store.ts';
import { Timeline } from '../../report/page/Timeline.tsx';
import { Verdicts } from '../../report/page/Verdicts.tsx';
import { Network } from './Network.tsx';
import { Sharing } from './Sharing.tsx';
import { SideBySide } from './SideBySide.tsx';
import type { Session } from './session.ts';

/** What came of the run, by the components of the report. */
export function Outcome({ session }: { readonly session: Session }) {
  const ran = useStore(session.ran);
  const busy = useStore(session.busy);
  const problem = useStore(session.problem);
  return (
    <>
      {problem !== '' && (
        <p class="broken" role="alert">
          This cannot be run: {problem}.
        </p>
      )}
      <div id="verdict" tabIndex={-1} data-trace={ran?.made.trace} aria-busy={busy}>
        {ran && <Facts page={ran.run.page} />}
        {ran && (
          <p class="quiet took">
            {ran.run.page.operations.toLocaleString('en')} operations and {ran.run.page.messages.toLocaleString('en')}{' '}
            messages, simulated and judged in {Math.ceil(ran.made.tookMs)} ms.
          </p>
        )}
      </div>
      {ran && (
        <>
          <Stories key={`stories ${ran.made.trace}`} run={ran.run} />
          <Network session={session} ran={ran} />
          <Timeline key={`timeline ${ran.made.trace}`} run={ran.run} />
          <SideBySide session={session} ran={ran} />
          <Verdicts page={ran.run.page} />
          <Messages key={`messages ${ran.made.trace}`} run={ran.run} />
        </>
      )}
      <Sharing session={session} />
    </>
  );
}
