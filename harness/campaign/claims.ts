/** Claims out of a campaign file: what its systems are held to there, in place of what they say of themselves. */
import type * as z from 'zod';
import type { Claim, FaultKind } from '../../systems/system.ts';
import { workloads } from '../../workloads/registry.ts';
import { BadInput } from '../failure.ts';
import { valueDocument } from './document.ts';
import { anyName, duration, flag, listOf, nameOf, object, readAs, share, text, wholeFrom } from './values.ts';

/** A claim, and the system that it is for; all of the campaign's where it names none. */
export type CampaignClaim = Claim & { readonly system?: string };

const RECOVERS_MS = 5000;
/** The names of models and properties that some built-in workload judges. */
export const JUDGED = [...new Set(workloads.flatMap(({ checkers }) => checkers.map(({ name }) => name)))].sort();
const UNDER = [
  'partition',
  'link',
  'crash',
  'pause',
  'clock',
  'disk',
  'services',
] as const satisfies readonly FaultKind[];

const claim = object({
  system: text('the name of a system').exactOptional().describe('whose claim it is; left out, every system’s'),
  model: anyName('the name of a model', JUDGED, 'say what is claimed').describe(
    'the model or property that histories keep: one of these, or what a workload of your own judges',
  ),
  under: listOf(
    'kinds of fault',
    nameOf('kind of fault', UNDER),
    'list the kinds of fault that are tolerated',
    0,
  ).describe('the kinds of fault tolerated'),
  available: nameOf('available', ['total', 'majority', 'primary-side', 'none'])
    .default('none')
    .describe('who is answered while a fault lasts'),
  durable: nameOf('durable', ['always', 'majority', 'no'])
    .default('no')
    .describe('whether acknowledged writes survive'),
  converges: flag.default(false).describe('replicas agree once faults have ended'),
  answered: share.exactOptional().describe('the share of all calls that is answered, whatever faults last: 1 is all'),
  recovers: duration.exactOptional().describe('how soon after a fault all nodes answer again; left out, 5s'),
  recoversMs: wholeFrom(0).exactOptional().describe('the same in ms, as results have it'),
}).meta({ id: 'claim', description: 'a claim' });

/** A list of claims, each with what it does not say filled in. */
export const claims = listOf('claims', claim.transform(filledIn));

function filledIn({ system, model, under, recovers, recoversMs, ...said }: z.output<typeof claim>): CampaignClaim {
  const within = { recoversMs: recovers ?? recoversMs ?? RECOVERS_MS };
  return { ...said, ...within, ...(system === undefined ? {} : { system }), model, under };
}

/** Reads claims from a text of JSON; `from` is what errors name. A stored claim, with `recoversMs`, is one too. */
export function parseClaims(written: string, from: string): readonly Claim[] {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch (error) {
    throw new BadInput(`${from}: this is not JSON: ${(error as Error).message}`);
  }
  return readAs(claims, valueDocument(value, from));
}

/** The claims that hold in this campaign for a system that it calls so; nothing where its own do. */
export function claimsOn(
  given: readonly CampaignClaim[] | undefined,
  names: readonly string[],
): readonly Claim[] | undefined {
  const own = given?.filter((one) => one.system === undefined || names.includes(one.system));
  return own && own.length > 0 ? own.map(({ system: _, ...rest }) => rest) : undefined;
}
