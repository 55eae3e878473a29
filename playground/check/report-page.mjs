/** The page of a report as the module `splitbrain:report-page`: gzipped, as base64, for whoever saves a report. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const NAME = 'splitbrain:report-page';
const FILE = new URL('../../dist/report/page/index.html', import.meta.url);

export function reportPage() {
  return {
    name: 'splitbrain-report-page',
    resolveId: (name) => (name === NAME ? `\0${NAME}` : undefined),
    load: (id) =>
      id === `\0${NAME}`
        ? `export default ${JSON.stringify(gzipSync(readFileSync(FILE), { level: 9 }).toString('base64'))};`
        : undefined,
  };
}
