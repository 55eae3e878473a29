/** Command lines of Maelstrom, in our words. */

/** Its options whose values are written otherwise here: `--time-limit 5` is `--time 5s`. */
const RENAMED: Readonly<Record<string, { readonly to: string; value?(text: string): string }>> = {
  '-w': { to: '--workload' },
  '--node-count': { to: '--nodes' },
  '--time-limit': { to: '--time', value: (text) => (/^\d+(\.\d+)?$/.test(text) ? `${text}s` : text) },
  '--concurrency': { to: '--clients' },
  '--nemesis-interval': { to: '--fault-every', value: (text) => (/^\d+(\.\d+)?$/.test(text) ? `${text}s` : text) },
  '--key-count': { to: '--keys' },
};

/** The words of a command line with its names for what has another here; words after `--` stay. */
export function inOurWords(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  const ours: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const [name = '', value] = words[i]!.split(/=(.*)/s);
    const renamed = end >= 0 && i > end ? undefined : RENAMED[name];
    if (!renamed) ours.push(words[i]!);
    else {
      const text = value ?? words[++i];
      ours.push(renamed.to, ...(text === undefined ? [] : [renamed.value?.(text) ?? text]));
    }
  }
  return ours;
}

/** Options of other tools that have no counterpart of the same meaning here, and what to do instead. */
const HINTS: Readonly<Record<string, string>> = {
  '--anomalies': 'a model names the anomalies that it excludes: --model read-committed (splitbrain list anomalies)',
  '--test-count': 'a campaign makes several runs: splitbrain campaign FILE --seeds N',
  '--seeds': 'a campaign makes several runs: splitbrain campaign FILE --seeds N',
  '--verbose': '--debug shows stack traces, check --explain N draws counterexamples',
  '--time-limit': '--time 60s',
  '--nemesis': '--faults partition',
  '--concurrency': '--clients 10',
  '--node-count': '--nodes 5',
  '--consistency-model': '--model',
};

/** The error of an unknown option with what that is called here, where another tool has it. */
export function hinted(error: string): string {
  const [, option = ''] = /unknown option '(--[\w-]+)/.exec(error) ?? [];
  const hint = Object.hasOwn(HINTS, option) ? HINTS[option] : undefined;
  return hint === undefined ? error : `${error.trim()} (here: ${hint})\n`;
}

/** Commands that take the options of Maelstrom's `test`. */
export const TESTING: readonly string[] = ['run', 'explore', 'compare'];
