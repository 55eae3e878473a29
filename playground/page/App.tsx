import { useEffect, useState } from 'preact/hooks';
import { Frame } from '../../report/page/Frame.tsx';
import { EditChosen } from '../edit/EditChosen.tsx';
import { Engine } from '../engine/engine.ts';
import { startWorker } from '../start-worker.ts';
import { followAddress, shownByAddress } from './address.ts';
import { Choose } from './Choose.tsx';
import { firstScenario } from './choices.ts';
import { Faults } from './Faults.tsx';
import { Find } from './Find.tsx';
import { Outcome } from './Outcome.tsx';
import { PAGES } from './pages.ts';
import { Settings } from './Settings.tsx';
import { Session } from './session.ts';

/** What is shown where the address says nothing: a slide, and a seed that breaks it. */
const FIRST = { design: 'sync-replication/slide', seed: 1 };

const LINKS = [
  ...PAGES.slice(1),
  ['#design', 'Design'],
  ['#faults', 'Faults'],
  ['#verdict', 'Verdict'],
  ['#network', 'Moments'],
  ['#timeline', 'Timeline'],
  ['#side-by-side', 'Side by side'],
  ['#sharing', 'Link'],
] as const;

/** The playground: the worker is started, and what the address says is run. */
export function App() {
  const [session, setSession] = useState<Session>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    const another = () => new Engine(startWorker('simulate'));
    const engine = another();
    opened(engine, another).then(setSession, (error: Error) => setProblem(error.message));
    return () => engine.end();
  }, []);
  useEffect(() => (session ? followAddress(session) : undefined), [session]);
  return (
    <Frame title="Playground" links={LINKS} skipTo="the design" of="the playground">
      <h1 class="hidden">Playground</h1>
      {problem !== '' && (
        <p class="broken" role="alert">
          {problem}
        </p>
      )}
      {session ? (
        <>
          <Find session={session} />
          <Choose session={session} />
          <EditChosen session={session} />
          <Settings session={session} />
          <Faults session={session} />
          <Outcome session={session} />
        </>
      ) : (
        problem === '' && <p aria-live="polite">Loading the designs…</p>
      )}
    </Frame>
  );
}

async function opened(engine: Engine, another: () => Engine): Promise<Session> {
  const catalogue = await engine.catalogue;
  const { shown, problem } = await shownByAddress();
  const session = new Session(
    engine,
    another,
    catalogue,
    shown ?? { scenario: firstScenario(catalogue, FIRST.design, FIRST.seed) },
  );
  if (problem) session.notice.set(problem);
  return session;
}
