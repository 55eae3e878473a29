/** Claims out of a campaign file: what its systems are held to there, in place of what they say of themselves. */
import type { Claim } from '../../systems/system.ts';
import { workloads } from '../../workloads/registry.ts';
import { BadInput } from '../failure.ts';
import { unknownName } from '../setting/suggestions.ts';
import { type Document, type Path, valueDocument } from './document.ts';
import { atLeast, duration, readObject } from './readers.ts';

/** A claim, and the system that it is for; all of the campaign's where it names none. */
export type CampaignClaim = Claim & { readonly system?: string };

/** What a claim can say: shared with the schema. */
export const CLAIM_WORDS = {
  under: ['partition', 'link', 'crash', 'pause', 'clock', 'disk'],
  available: ['total', 'majority', 'primary-side', 'none'],
  durable: ['always', 'majority', 'no'],
} as const;

const DEFAULT: Omit<Claim, 'model' | 'under'> = {
  available: 'none',
  durable: 'no',
  converges: false,
  recoversMs: 5000,
};

/** The names of models and properties that some workload judges. */
export function judgedModels(): readonly string[] {
  return [...new Set(workloads.flatMap(({ checkers }) => checkers.map(({ name }) => name)))].sort();
}

export function readClaims(value: unknown, path: Path, document: Document): readonly CampaignClaim[] {
  if (!Array.isArray(value) || value.length === 0) return document.refuse(path, 'a list of claims is needed');
  return value.map((one: unknown, i) => readClaim(one, [...path, i], document));
}

function readClaim(value: unknown, path: Path, document: Document): CampaignClaim {
  const word = (kind: string, words: readonly string[]) => ({
    as: kind,
    read: (given: unknown, at: Path) =>
      words.includes(given as string) ? given : document.refuse(at, unknownName(kind, String(given), words)),
  });
  const read = readObject(value, path, document, {
    system: {
      as: 'system',
      read: (given, at) => (typeof given === 'string' ? given : document.refuse(at, 'the name of a system is needed')),
    },
    model: word('model', judgedModels()),
    under: {
      as: 'under',
      read: (given, at) => {
        if (!Array.isArray(given)) return document.refuse(at, 'a list of kinds of fault is needed');
        return given.map((kind, i) => word('kind of fault', CLAIM_WORDS.under).read(kind, [...at, i]));
      },
    },
    available: word('available', CLAIM_WORDS.available),
    durable: word('durable', CLAIM_WORDS.durable),
    converges: {
      as: 'converges',
      read: (given, at) => (typeof given === 'boolean' ? given : document.refuse(at, 'true or false is needed')),
    },
    recovers: { as: 'recoversMs', read: duration },
    recoversMs: { as: 'recoversMs', read: atLeast(0) },
  });
  if (!read.model) return document.refuse(path, 'model is missing: say what is claimed');
  if (!read.under) return document.refuse(path, 'under is missing: list the kinds of fault that are tolerated');
  return { ...DEFAULT, ...read } as unknown as CampaignClaim;
}

/** Reads claims from a text of JSON; `from` is what errors name. A stored claim, with `recoversMs`, is one too. */
export function parseClaims(text: string, from: string): readonly Claim[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadInput(`${from}: this is not JSON: ${(error as Error).message}`);
  }
  return readClaims(value, [], valueDocument(value, from));
}

/** The claims that hold for a system in this campaign; nothing where its own do. */
export function claimsOn(claims: readonly CampaignClaim[] | undefined, system: string): readonly Claim[] | undefined {
  const own = claims?.filter((claim) => claim.system === undefined || claim.system === system);
  return own && own.length > 0 ? own.map(({ system: _, ...claim }) => claim) : undefined;
}
