/**
 * Causal convergence (CCv) of a million operations in many sessions: `node dist/bench/sessions.js [operations] [runs]`.
 *
 * The history is one that is causal and no more: sessions write to one log, see a prefix of it that lags
 * behind, and their own writes at once. Next to it, at a size where both run, the textbook method:
 * a vector clock for every operation, and every earlier writer of the key looked at for every read.
 */

import { causal, HistoryBuilder, type Register } from 'elle-ts';

/** A causal history in which each session lags behind by up to `lag` writes of the log. */
function laggingSessions(operations: number, sessions: number, keys: number, lag: number): HistoryBuilder<Register> {
  const builder = new HistoryBuilder<Register>();
  const names = Array.from({ length: keys }, (_, k) => `k${k}`);
  const log: { key: number; value: number }[] = [];
  const views = Array.from({ length: sessions }, () => ({
    upTo: 0,
    own: [] as number[],
    at: new Int32Array(keys).fill(-1),
  }));
  let state = 42;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
  for (let i = 0; i < operations; i++) {
    const s = random(sessions);
    const view = views[s]!;
    const key = random(keys);
    const target = Math.max(view.upTo, log.length - random(lag));
    for (; view.upTo < target; view.upTo++) {
      const at = log[view.upTo]!.key;
      if (view.at[at]! < view.upTo) view.at[at] = view.upTo;
    }
    const write = random(2) === 0;
    const row = builder.invoke(2 * i, 2 * i, s, {
      f: write ? 'write' : 'read',
      key: names[key]!,
      input: write ? i : null,
    });
    if (write) {
      view.at[key] = log.length;
      log.push({ key, value: i });
    }
    const seen = view.at[key]!;
    const output = write || seen < 0 ? null : log[seen]!.value;
    builder.complete(row, 2 * i + 1, 2 * i + 1, { type: 'ok', output });
  }
  return builder;
}

/**
 * The baseline: clocks for all operations, and all writers of a key
 * for each read. Valid means: no conflict against causality (CC).
 */
function byClocks(history: HistoryBuilder<Register>, sessions: number): boolean {
  const clocks: Int32Array[] = [];
  const last: Int32Array[] = Array.from({ length: sessions }, () => new Int32Array(sessions));
  const writerOf = new Map<unknown, number>([[null, -1]]);
  const byKey = new Map<number, number[]>();
  const isWrite = (i: number): boolean => history.fNames[history.f[i]!] === 'write';
  for (let i = 0; i < history.length; i++) {
    const clock = last[history.process[i]!]!.slice();
    if (isWrite(i)) {
      writerOf.set(history.input[i], i);
      byKey.set(history.key[i]!, byKey.get(history.key[i]!) ?? []);
      byKey.get(history.key[i]!)!.push(i);
    }
    const from = isWrite(i) ? undefined : clocks[writerOf.get(history.output[i])!];
    for (let s = 0; from && s < sessions; s++) clock[s] = Math.max(clock[s]!, from[s]!);
    clock[history.process[i]!] = i + 1;
    clocks.push(clock);
    last[history.process[i]!] = clock;
  }
  const isIn = (w: number, i: number): boolean => clocks[i]![history.process[w]!]! > w;
  for (let i = 0; i < history.length; i++) {
    if (isWrite(i)) continue;
    const from = writerOf.get(history.output[i])!;
    const others = (byKey.get(history.key[i]!) ?? []).filter((w) => w !== from && isIn(w, i));
    if (others.some((w) => from < 0 || isIn(from, w))) return false;
  }
  return true;
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

function timed(runs: number, work: () => string): { ms: number; answer: string } {
  const times: number[] = [];
  let answer = '';
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    answer = work();
    times.push(performance.now() - start);
  }
  return { ms: median(times), answer };
}

function main(): void {
  const operations = Number(process.argv[2] ?? 1_000_000);
  const runs = Number(process.argv[3] ?? 5);
  for (const sessions of [20, 50, 100]) {
    const history = laggingSessions(operations, sessions, 1000, 4 * sessions);
    const checker = causal();
    const { ms, answer } = timed(runs, () => checker.check(history).type);
    const peak = process.resourceUsage().maxRSS / 1024;
    console.log(
      `causal, ${operations} operations, ${sessions} sessions: ${ms.toFixed(0)} ms, ${answer}; peak ${peak.toFixed(0)} MB`,
    );
  }
  const small = Math.min(operations, 50_000);
  const history = laggingSessions(small, 50, 1000, 200);
  const ours = timed(runs, () => causal().check(history).type);
  const clocks = timed(runs, () => (byClocks(history, 50) ? 'valid' : 'invalid'));
  console.log(`causal, ${small} operations, 50 sessions: ${ours.ms.toFixed(0)} ms, ${ours.answer}`);
  console.log(`a clock for every operation, the same: ${clocks.ms.toFixed(0)} ms, ${clocks.answer}`);
}

main();
