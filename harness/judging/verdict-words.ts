/** What a verdict is called where people read it: of a claim it is held or refuted; a run in error failed. */
export const VERDICT_WORDS = { valid: 'held', invalid: 'refuted', unknown: 'unknown', error: 'failed' } as const;
