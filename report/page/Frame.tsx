import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useStore } from './store.ts';
import { switchTheme, theme } from './theme.ts';

/** What stands around every page: its name, links to its parts, light or dark. */
export function Frame(props: {
  readonly title: string;
  readonly links: readonly (readonly [href: string, name: string])[];
  /** Where the first link leads for those who go by keyboard; `the verdict` where absent. */
  readonly skipTo?: string;
  /** What the links are parts of; `this report` where absent. */
  readonly of?: string;
  readonly children: ComponentChildren;
}) {
  const dark = useStore(theme) === 'dark';
  useEffect(() => {
    document.title = `${props.title} · splitbrain`;
  }, [props.title]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to {props.skipTo ?? 'the verdict'}
      </a>
      <header class="bar">
        <span class="brand">
          split<b>brain</b>
        </span>
        <nav aria-label={`Parts of ${props.of ?? 'this report'}`}>
          {props.links.map(([href, name]) => (
            <a key={href} href={href}>
              {name}
            </a>
          ))}
        </nav>
        <button type="button" class="theme" aria-pressed={dark} onClick={switchTheme}>
          {dark ? 'Light' : 'Dark'}
        </button>
      </header>
      <main id="main" tabIndex={-1}>
        {props.children}
      </main>
    </>
  );
}
