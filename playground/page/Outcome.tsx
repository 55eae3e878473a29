import { Facts } from '../../report/page/Facts.tsx';
import { Messages } from '../../report/page/Messages.tsx';
import { Stories } from '../../report/page/Stories.tsx';
import { useStore } from '../../report/page/store.ts';
import { Timeline } from '../../report/page/Timeline.tsx';
import { Verdicts } from '../../report/page/Verdicts.tsx';
import type { Session } from './session.ts';

/** What came of the run, by the components of the report. */
export function Outcome({ session }: { readonly session: Session }) {
  const ran = useStore(session.ran);
  const problem = useStore(session.problem);
  return (
    <>
      {problem !== '' && (
        <p class="broken" role="alert">
          This cannot be run: {problem}.
        </p>
      )}
      {ran && (
        <div class="ran" data-trace={ran.made.trace}>
          <Facts page={ran.run.page} />
          <Stories key={`stories ${ran.made.trace}`} run={ran.run} />
          <Timeline key={`timeline ${ran.made.trace}`} run={ran.run} />
          <Verdicts page={ran.run.page} />
          <Messages key={`messages ${ran.made.trace}`} run={ran.run} />
        </div>
      )}
    </>
  );
}
