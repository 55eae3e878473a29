#!/usr/bin/env node
/** The command line's own end and nothing else, so that it also holds where all the rest cannot be loaded. */
import { endWith } from './ending.ts';

await endWith(async () => (await import('./program.ts')).program());
