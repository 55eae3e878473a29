import { render } from 'preact';
import { FramedRun } from '../../report/page/FramedRun.tsx';
import '../../report/page/style.css';
import '../../report/page/theme.ts';
import './style.css';
import '../check/check.css';
import '../tour/style.css';
import { savedReport } from '../check/save.ts';
import { Pages } from './Pages.tsx';

const root = document.getElementById('app');
const report = savedReport();
if (root) render(report ? <FramedRun {...report} links={[]} messages="" /> : <Pages />, root);
