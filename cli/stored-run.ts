import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { datatypes } from 'elle-ts';
import { workloads } from '../workloads/registry.ts';

/**
 * The datatype of a stored run's history, which its setting's workload has and which the history alone may not tell (a replicated counter
 * looks like any counter). Undefined where the file is no run's, or the setting or the workload unknown: then it is detected.
 */
export function storedType(file: string): string | undefined {
  if (!/^history\.jsonl(\.gz)?$/.test(basename(file))) return undefined;
  const setting = settingBeside(file);
  const datatype = workloads.find(({ name }) => name === setting?.workload)?.datatype;
  return datatypes.find(({ name, aliases }) => name === datatype || aliases?.includes(datatype ?? ''))?.name;
}

function settingBeside(file: string): { readonly workload?: unknown } | undefined {
  try {
    return JSON.parse(readFileSync(join(dirname(file), 'setting.json'), 'utf8')) as { workload?: unknown };
  } catch {
    return undefined;
  }
}
