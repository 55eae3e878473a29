/** A report as one HTML file: this page once more, without its workers, with the data of the report to show. */
import { filledIn } from '../../report/fill.ts';
import type { RunPage } from '../../report/page/data.ts';
import { taken } from '../../report/page/taken.ts';
import type { Report } from './protocol.ts';

/** What `filledIn` fills. */
const DATA = ['page', 'links', 'operations', 'messages'];

/** What `check --report` shows of the same history. */
export function reportFile({ page, operations }: Report): string {
  return filledIn(template(), { page, operations });
}

function template(): string {
  const html = document.documentElement.cloneNode(true) as HTMLElement;
  for (const name of html.getAttributeNames()) if (name !== 'lang') html.removeAttribute(name);
  // The workers' text, and what was loaded from beside the page.
  for (const script of html.querySelectorAll('script:not([type=module])')) script.remove();
  const policy = html.querySelector<HTMLMetaElement>('meta[http-equiv=Content-Security-Policy]')!;
  policy.content = policy.content.replace(" 'self'", '');
  html.querySelector('#app')!.replaceChildren();
  for (const id of DATA) {
    const script = document.createElement('script');
    script.type = 'text/plain';
    script.id = id;
    html.querySelector('body')!.append(script);
  }
  return `<!doctype html>\n${html.outerHTML}\n`;
}

/** The report that the page was saved with, if it was. */
export function savedReport(): Report | undefined {
  const page = taken('page');
  return page === '' ? undefined : { page: JSON.parse(page) as RunPage, operations: taken('operations') };
}
