import { render } from 'preact';
import '../../report/page/style.css';
import '../../report/page/theme.ts';
import { CheckPage } from './CheckPage.tsx';
import { Checker } from './checking.ts';
import './check.css';

const root = document.getElementById('app');
if (root) render(<CheckPage checker={new Checker()} />, root);
