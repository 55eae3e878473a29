import { useEffect, useState } from 'preact/hooks';
import { Check } from '../check/Check.tsx';
import { Tour } from '../tour/Tour.tsx';
import { App } from './App.tsx';
import { isPage, pageOf } from './pages.ts';

/** The page that the address names; a link to another leads there without loading anything. */
export function Pages() {
  const [shown, setShown] = useState(() => pageOf(location.hash));
  useEffect(() => {
    const follow = () => {
      // A link within a page is no other page.
      if (location.hash === '' || isPage(location.hash)) setShown(pageOf(location.hash));
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  if (shown.page === 'tour') return <Tour slide={shown.slide} />;
  return shown.page === 'check' ? <Check /> : <App />;
}
