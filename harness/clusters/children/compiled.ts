import { fileURLToPath } from 'node:url';
import { PATIENCE_VARIABLE } from '../../doing.ts';

const ENTRIES = { child: 'processes/child', watchdog: 'children/watchdog', lab: 'network/lab' } as const;

/** The compiled JavaScript of an entry point: children run that, also where the harness itself runs from source. */
export function compiled(entry: keyof typeof ENTRIES): string {
  const clusters = import.meta.url.endsWith('.ts') ? '../../../dist/harness/clusters/' : '../';
  return fileURLToPath(new URL(`${clusters}${ENTRIES[entry]}.js`, import.meta.url));
}

/**
 * No more than a child needs: what else is in the harness's environment
 * would change from machine to machine, and can cost 50 ms a start.
 */
export function minimalEnvironment(): Record<string, string> {
  const patience = process.env[PATIENCE_VARIABLE];
  return {
    ...{ PATH: process.env.PATH ?? '', TZ: 'UTC', LANG: 'C.UTF-8' },
    ...(patience === undefined ? {} : { [PATIENCE_VARIABLE]: patience }),
  };
}
