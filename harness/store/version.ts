import { readFileSync } from 'node:fs';

/** `package.json` as seen from this file, whether it runs from source or compiled. */
const file = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../package.json';

/** The version of splitbrain. */
export const { version } = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as { version: string };
