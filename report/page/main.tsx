import { render } from 'preact';
import { App } from './App.tsx';
import type { Page, PageLink } from './data.ts';
import './style.css';
import './theme.ts';

/** Takes a script's text and empties it: a million operations need not be held twice. */
function taken(id: string): string {
  const element = document.getElementById(id);
  const text = element?.textContent ?? '';
  element?.remove();
  return text;
}

const root = document.getElementById('app');
if (root) {
  const page = JSON.parse(taken('page')) as Page;
  const links = JSON.parse(taken('links') || '[]') as PageLink[];
  render(<App page={page} links={links} operations={taken('operations')} messages={taken('messages')} />, root);
}
