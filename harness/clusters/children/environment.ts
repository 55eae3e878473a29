import { PATIENCE_VARIABLE } from '../../doing.ts';

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
