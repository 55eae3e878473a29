/** What a report is drawn from, made without Node.js. */
import type { History, Judgement } from 'elle-ts';
import { workersOf } from '../../harness/running/workers.ts';
import { historyBytes } from '../../report/columns.ts';
import { historyInput } from '../../report/history-input.ts';
import { runPage } from '../../report/run-page.ts';
import type { Report } from './protocol.ts';

/** The same report as `check --report` writes. Linear in the operations. */
export async function packedReport(file: string, history: History, judgement: Judgement): Promise<Report> {
  const input = historyInput(file, history, judgement);
  const operations = await base64(await gzipped(historyBytes(history, workersOf(input))));
  return { page: runPage(input, 0), operations };
}

function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
  return new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))).blob();
}

function base64(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
