import { useEffect, useRef, useState } from 'preact/hooks';
import { VERDICT_WORDS } from '../../harness/judging/verdict-words.ts';
import { useStore } from '../../report/page/store.ts';
import type { Engine } from '../engine/engine.ts';
import { scenarioOf } from '../engine/scenario.ts';
import { withSeed } from './choices.ts';
import { type Ran, type Session, toldAnomaly } from './session.ts';

/** No search tries more seeds unasked. */
const MOST_SEEDS = 100_000;

/** The workers that search and shrink have the built-in designs alone. */
const OWN_CODE = 'Edited code is searched and shrunk on the command line: splitbrain explore --system ./my.mjs#mine';

/** What takes long, in a worker of its own that can be cancelled: a seed that breaks the claim, a smaller run. */
export function Find({ session }: { readonly session: Session }) {
  const scenario = useStore(session.scenario);
  const ran = useStore(session.ran);
  const task = useTask();
  const isLong = useLong(session);
  const { seed } = scenario.setting;
  const isOwn = ran?.isOwn ?? false;
  const anomaly = ran && toldAnomaly(ran);
  const search = () =>
    task.start('Searching', session.another(), async (engine, tell) => {
      const asked = { scenario, from: seed + 1, most: MOST_SEEDS };
      const { found, runs, tookMs } = await engine.ask('search', asked, (so) =>
        tell(`${so.runs.toLocaleString('en')} seeds in ${seconds(so.tookMs)}`),
      );
      const tried = `${runs.toLocaleString('en')} ${runs === 1 ? 'seed' : 'seeds'} in ${seconds(tookMs)}`;
      if (!found) return `None of ${tried} breaks the claim.`;
      session.open({ scenario: withSeed(scenario, found.seed) });
      return `Seed ${found.seed} breaks it: ${found.anomaly}. Tried ${tried}.`;
    });
  const shrink = (of: Ran, name: string) =>
    task.start('Shrinking', session.another(), async (engine) => {
      const { setting, shrunk } = await engine.ask('shrink', { planned: of.made.planned, anomaly: name });
      session.open({ scenario: scenarioOf(setting) });
      const { plan } = setting;
      const sizes = `${shrunk.calls} calls and ${shrunk.faults} faults became ${plan.calls.length} and ${plan.faults.length}`;
      return `${sizes}, after ${shrunk.runs.toLocaleString('en')} runs${shrunk.minimal ? '; nothing more can be left out' : ''}.`;
    });
  return (
    <section class="find" aria-label="Verdict in short">
      <div class="toolbar">
        {ran && <InShort ran={ran} />}
        <button type="button" onClick={() => session.change(withSeed(scenario, seed + 1))}>
          Next seed
        </button>
        <button
          type="button"
          class="primary"
          disabled={task.isBusy || isOwn}
          onClick={search}
          title={isOwn ? OWN_CODE : ''}
        >
          Search a seed that breaks it
        </button>
        <button
          type="button"
          disabled={task.isBusy || isOwn || !anomaly}
          onClick={() => ran && anomaly && shrink(ran, anomaly)}
          title={isOwn ? OWN_CODE : anomaly ? '' : 'Only a run that breaks a claim can be shrunk'}
        >
          Shrink
        </button>
        {(task.isBusy || isLong) && (
          <button type="button" onClick={() => (task.isBusy ? task.cancel() : session.stop())}>
            Cancel
          </button>
        )}
      </div>
      <p class="told" role="status">
        {task.says}
      </p>
    </section>
  );
}

/** What came of it, in sight while somebody changes what is further down. */
function InShort({ ran }: { readonly ran: Ran }) {
  const { verdict, setting } = ran.run.page;
  const anomaly = toldAnomaly(ran);
  return (
    <a class="in-short" href="#verdict">
      <span class={`chip ${verdict}`}>{VERDICT_WORDS[verdict]}</span> {setting.system}
      {anomaly ? `: ${anomaly}` : ''}
    </a>
  );
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Whether a run takes longer than anybody waits without a word. */
function useLong({ busy }: Session): boolean {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(timer);
      setLong(false);
      if (busy.value) timer = setTimeout(() => setLong(true), 1500);
    };
    look();
    const stop = busy.subscribe(look);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [busy]);
  return isLong;
}

/** One task at a time; it ends with its worker. */
function useTask() {
  const [isBusy, setBusy] = useState(false);
  const [says, setSays] = useState('');
  const running = useRef<Engine | undefined>(undefined);
  useEffect(() => () => running.current?.end(), []);
  const start = async (
    what: string,
    engine: Engine,
    work: (engine: Engine, tell: (so: string) => void) => Promise<string>,
  ) => {
    const began = performance.now();
    running.current = engine;
    setBusy(true);
    let so = '';
    const say = () => setSays(`${what}: ${so || seconds(performance.now() - began)}…`);
    say();
    const timer = setInterval(say, 250);
    try {
      setSays(
        await work(engine, (text) => {
          so = text;
          say();
        }),
      );
    } catch (error) {
      setSays(`${what} ended: ${(error as Error).message}.`);
    } finally {
      clearInterval(timer);
      running.current = undefined;
      engine.end();
      setBusy(false);
    }
  };
  return { isBusy, says, start, cancel: () => running.current?.end() };
}
