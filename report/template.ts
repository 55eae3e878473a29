import { readFileSync } from 'node:fs';
import { filledIn, type Shown } from './fill.ts';

/** The page with its data. Run from its sources, as tests do, it takes the same built page. */
export function filled(shown: Shown): string {
  return filledIn(template(), shown);
}

let read: string | undefined;

function template(): string {
  const place = import.meta.url.endsWith('.ts') ? '../dist/report/page/index.html' : './page/index.html';
  try {
    read ??= readFileSync(new URL(place, import.meta.url), 'utf8');
  } catch {
    throw new Error("the report's page is not built: run npm run build");
  }
  return read;
}
