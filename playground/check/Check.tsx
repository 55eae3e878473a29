import { useEffect, useState } from 'preact/hooks';
import { CheckPage } from './CheckPage.tsx';
import { Checker } from './checking.ts';

/** The page that judges histories, with its worker, which ends with it. */
export function Check() {
  const [checker, setChecker] = useState<Checker>();
  useEffect(() => {
    const own = new Checker();
    setChecker(own);
    return () => own.end();
  }, []);
  return checker ? <CheckPage checker={checker} /> : null;
}
