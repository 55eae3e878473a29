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

/** Commands that take the options of Maelstrom's `test`. */
export const TESTING: readonly string[] = ['run', 'explore', 'compare'];
