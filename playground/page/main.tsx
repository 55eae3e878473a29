import { render } from 'preact';
import '../../report/page/style.css';
import '../../report/page/theme.ts';
import './style.css';
import '../tour/style.css';
import { Pages } from './Pages.tsx';

const root = document.getElementById('app');
if (root) render(<Pages />, root);
