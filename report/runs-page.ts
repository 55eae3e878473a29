/**
 * A campaign's runs, page by page, for those that its index has no room for: plain HTML, which `serve` makes of the
 * journal when it is asked. No script runs in it.
 */
import { pageOfRuns, type Verdict } from '../harness/campaign/paged.ts';
import type { SummaryRun } from '../harness/campaign/summary.ts';
import { VERDICT_WORDS } from '../harness/judging/verdict-words.ts';
import { escaped } from './escaped.ts';

/** So many runs are on a page. */
const A_PAGE = 500;

/** What stands in the address: which page, from 1, and of which verdict alone. */
export interface Asked {
  readonly page: number;
  readonly verdict?: Verdict;
}

/** Reads the address; what makes no sense in it is left out. */
export function askedOf(query: URLSearchParams): Asked {
  const page = Number(query.get('page') ?? 1);
  const verdict = query.get('verdict') ?? '';
  return {
    page: Number.isSafeInteger(page) && page >= 1 && page < 1e9 ? page : 1,
    ...(Object.hasOwn(VERDICT_WORDS, verdict) ? { verdict: verdict as Verdict } : {}),
  };
}

/** The page. Throws `BadInput` where the journal is damaged. */
export function runsPage(folder: string, { page, verdict }: Asked): string {
  const from = (page - 1) * A_PAGE;
  const { runs, total } = pageOfRuns(folder, from, A_PAGE, verdict);
  const pages = Math.max(1, Math.ceil(total / A_PAGE));
  const link = (text: string, to: Asked) => `<a href="runs.html?${escaped(queryOf(to))}">${escaped(text)}</a>`;
  const kinds = (Object.keys(VERDICT_WORDS) as Verdict[]).map((one) =>
    link(VERDICT_WORDS[one], { page: 1, verdict: one }),
  );
  const of = verdict ? { verdict } : {};
  const others = [
    ...(page > 1 ? [link('previous', { page: Math.min(page - 1, pages), ...of })] : []),
    ...(page < pages ? [link('next', { page: page + 1, ...of }), link('last', { page: pages, ...of })] : []),
  ];
  const number = (value: number) => value.toLocaleString('en');
  const which =
    runs.length > 0 ? `${number(from + 1)} to ${number(from + runs.length)} of ${number(total)}` : 'none here';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Runs · splitbrain</title><style>${STYLE}</style></head>
<body><h1>Runs</h1>
<p><a href="index.html">The campaign</a>. Show ${link('all', { page: 1 })}, ${kinds.join(', ')}.</p>
<p>${verdict ? `${VERDICT_WORDS[verdict]}: ` : ''}${which}, in the order in which they were made. ${others.join(' ')}</p>
<table><thead><tr>${HEAD.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead><tbody>
${runs.map(rowOf).join('\n')}
</tbody></table><p>${others.join(' ')}</p></body></html>
`;
}

const HEAD = ['verdict', 'system', 'workload', 'faults', 'seed', 'operations', 'why', 'again'];
const STYLE =
  ':root{color-scheme:light dark}body{font:15px system-ui;margin:2rem}table{border-collapse:collapse}' +
  'td,th{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0}code{font-size:.85em}';

function queryOf({ page, verdict }: Asked): string {
  return new URLSearchParams({ page: String(page), ...(verdict ? { verdict } : {}) }).toString();
}

function rowOf({ verdict, system, workload, faults, seed, operations, says, command }: SummaryRun): string {
  const cells = [VERDICT_WORDS[verdict], system, workload, faults.join(', ') || 'none', seed, operations, says];
  const again = command === undefined ? '' : `<code>${escaped(command)}</code>`;
  return `<tr>${cells.map((cell) => `<td>${escaped(String(cell))}</td>`).join('')}<td>${again}</td></tr>`;
}
