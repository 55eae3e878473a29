import { causal, HistoryBuilder, type Register } from 'elle-ts';

// A write without a completion, which one process read, and a process that has not seen it.
const history = new HistoryBuilder<Register>();
const write = history.invoke(0, 0, 0, { f: 'write', key: 'x', input: 1 });
history.complete(write, 1, 0, { type: 'info', error: 'timeout' });
const seen = history.invoke(2, 0, 1, { f: 'read', key: 'x', input: null });
history.complete(seen, 3, 0, { type: 'ok', output: 1 });
const unseen = history.invoke(4, 0, 2, { f: 'read', key: 'x', input: null });
history.complete(unseen, 5, 0, { type: 'ok', output: null });

console.log(causal({ certificate: true }).check(history));

// The process that had read it reads the older value again.
const forgotten = history.invoke(6, 0, 1, { f: 'read', key: 'x', input: null });
history.complete(forgotten, 7, 0, { type: 'ok', output: null });
const verdict = causal().check(history);
if (verdict.type === 'invalid') console.log(verdict.anomalies[0].message);
