import { render } from 'preact';
import { App } from './App.tsx';
import type { Page, PageLink } from './data.ts';
import { taken } from './taken.ts';
import './style.css';
import './theme.ts';

const root = document.getElementById('app');
if (root) {
  const page = JSON.parse(taken('page')) as Page;
  const links = JSON.parse(taken('links') || '[]') as PageLink[];
  render(<App page={page} links={links} operations={taken('operations')} messages={taken('messages')} />, root);
}
