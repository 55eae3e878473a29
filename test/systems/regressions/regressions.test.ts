import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseCounterexample } from '../../../harness/explore/counterexample.ts';
import { replay } from '../../../harness/explore/replay.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const examples = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

/**
 * Runs in which a sound design once broke its claim, as the search had shrunk them: a candidate that heard
 * its term's leader and went on to be elected, in other members (raft-candidate-follows); the only node whose log
 * had a change of members, and that waited for others to lead (raft-member-needed); a chain's master that took
 * another chain for news of this one (craq-other-chain); a new tail that started again (craq-tail-starts-again);
 * a partition's new leader that was polled before it knew how much had been acknowledged (log-begins-to-lead).
 */
describe('what broke a sound design once', () => {
  it.each(examples)('does so no more: %s', async (name) => {
    const example = parseCounterexample(readFileSync(join(FOLDER, name), 'utf8'), name);
    const { run, occurred } = await replay(example);
    expect(occurred, run.result.says).toBe(false);
    expect(run.result.verdict, run.result.says).not.toBe('invalid');
  });
});
