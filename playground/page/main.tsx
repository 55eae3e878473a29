import { render } from 'preact';
import '../../report/page/style.css';
import '../../report/page/theme.ts';
import './style.css';
import { App } from './App.tsx';

const root = document.getElementById('app');
if (root) render(<App />, root);
