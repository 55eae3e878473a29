import { arch, cpus, platform, release, totalmem } from 'node:os';
import { capabilities } from '../clusters/capabilities.ts';
import type { Result } from '../judging/result.ts';
import { version } from './version.ts';

/** Of each fault how it is made here with real software, or why it is not. */
function capabilitiesHere(): Readonly<Record<string, string>> {
  return Object.fromEntries(capabilities().map(({ fault, by, whyNot }) => [fault, by ?? `not possible: ${whyNot}`]));
}

/** What is not the same for the same setting. */
export function metaOf(startedAt: Date, command: string, { programs }: Pick<Result, 'programs'>): object {
  const processors = cpus();
  return {
    command,
    versions: { splitbrain: version, node: process.version, ...programs },
    ...(programs ? { capabilities: capabilitiesHere() } : {}),
    machine: {
      platform: `${platform()} ${release()} ${arch()}`,
      processors: `${processors.length} ${processors[0]?.model ?? ''}`.trim(),
      memoryBytes: totalmem(),
    },
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
  };
}
