/** The page's address: it carries everything, so that whoever copies it sends what is seen. */
import { follow } from '../../report/page/run.ts';
import { linkText, type Shown, shownIn } from '../link/codec.ts';
import { isPage } from './pages.ts';
import type { Session } from './session.ts';

const MARK = '#play=';
/** The address follows once nothing has changed for so long: browsers allow few changes a second. */
const REST_MS = 300;

/** What the address shows, if it shows anything; or why it cannot be read. */
export async function shownByAddress(): Promise<{ readonly shown?: Shown; readonly problem?: string }> {
  if (!location.hash.startsWith(MARK)) return {};
  try {
    return { shown: await shownIn(location.hash.slice(MARK.length)) };
  } catch (error) {
    return { problem: `This link cannot be opened: ${(error as Error).message}.` };
  }
}

/** The address with everything in it. */
export async function addressOf({ scenario, atMs }: Session): Promise<string> {
  const at = Math.round(atMs.value * 1000) / 1000;
  const text = await linkText({ scenario: scenario.value, ...(at > 0 ? { atMs: at } : {}) });
  return `${location.href.split('#')[0]}${MARK}${text}`;
}

/** Keeps the address and the session alike until the function that it answers is called. */
export function followAddress(session: Session): () => void {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => history.replaceState(null, '', await addressOf(session)), REST_MS);
  };
  const stops = [session.scenario.subscribe(write), session.atMs.subscribe(write)];
  const read = async () => {
    const { shown, problem = '' } = await shownByAddress();
    session.notice.set(problem);
    if (shown) session.open(shown);
  };
  addEventListener('hashchange', () => void read(), { signal: stop.signal });
  document.addEventListener('click', (event) => inPage(session, event), { signal: stop.signal });
  write();
  return () => {
    stop.abort();
    clearTimeout(timer);
    for (const one of stops) one();
  };
}

/** A link to an operation, a moment or a part of the page: followed without losing what the address carries. */
function inPage(session: Session, event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const hash = link?.getAttribute('href') ?? '';
  if (!hash.startsWith('#') || isPage(hash)) return;
  event.preventDefault();
  const run = session.ran.value?.run;
  if (run) {
    follow(run, hash);
    const [, what, number] = /^#(op|t)-(.+)$/.exec(hash) ?? [];
    const row = what === 'op' ? run.ops.row(Number(number)) : -1;
    if (what === 't') session.atMs.set(Number(number));
    if (row >= 0) session.atMs.set(run.ops.columns.startNs[row]! / 1e6);
  }
  const part = document.getElementById(hash.slice(1));
  part?.scrollIntoView();
  if (part?.tabIndex === -1) part.focus();
}
