import packedPage from 'splitbrain:report-page';
import { filledIn } from '../../report/fill.ts';
import { inflated } from '../../report/page/unpack.ts';
import type { Report } from './protocol.ts';

/** The report as the one HTML file that `check --report` writes. */
export async function reportFile({ page, operations }: Report): Promise<string> {
  const template = new TextDecoder().decode(await inflated(packedPage));
  return filledIn(template, { page, operations });
}
