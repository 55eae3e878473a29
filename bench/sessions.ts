/**
 * Causal convergence (CCv) of a million operations in many sessions: `node bench/sessions.ts [operations] [runs]`, after a build
 * `node dist/bench/sessions.js`.
 *
 * The history is one that is causal and no more: sessions write to one log, see a prefix of it that lags behind, and their own
 * writes at once. Next to it, at a size where both run, the textbook method: a vector clock for every operation, and every earlier
 * writer of the key looked at for every read.
 */

import { causal, HistoryBuilder, type Register } from 'elle-ts';

/** A causal history in which each session lags behind by up to `lag` writes of the log. */
export function laggingSessions(
  operations: number,
  sessions: number,
  keys: number,
  lag: number,
): HistoryBuilder<Register> {
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

/** The baseline: clocks for all operations, and all writers of a key for each read. Valid means: no conflict against causality. */
function byClocks(history: HistoryBuilder<Register>, sessions: number): boolean {
  const n = history.length;
  const clocks: Int32Array[] = [];
  const last: Int32Array[] = Array.from({ length: sessions }, () => new Int32Array(sessions));
  const writes = new Map<number, number>();
  const byKey = new Map<number, number[]>();
  for (let i = 0; i < n; i++) {
    const clock = last[history.process[i]!]!.slice();
    if (history.fNames[history.f[i]!] === 'write') {
      writes.set(history.input[i] as number, i);
      const of = byKey.get(history.key[i]!);
      if (of) of.push(i);
      else byKey.set(history.key[i]!, [i]);
    } else if (history.output[i] !== null) {
      const from = clocks[writes.get(history.output[i] as number)!]!;
      for (let s = 0; s < sessions; s++) clock[s] = Math.max(clock[s]!, from[s]!);
    }
    clock[history.process[i]!] = i + 1;
    clocks.push(clock);
    last[history.process[i]!] = clock;
  }
  for (let i = 0; i < n; i++) {
    if (history.fNames[history.f[i]!] === 'write') continue;
    const from = history.output[i] === null ? -1 : writes.get(history.output[i] as number)!;
    for (const w of byKey.get(history.key[i]!) ?? []) {
      const seen = clocks[i]![history.process[w]!]! > w;
      if (!seen || w === from) continue;
      if (from < 0 || clocks[w]![history.process[from]!]! > from) return false;
    }
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
