import { HistoryBuilder, linearizable, type Register, register } from 'elle-ts';

const history = new HistoryBuilder<Register>();

// Process 0 writes 1 and then 2; process 1 reads afterwards. Events are numbered in the order in which they were seen.
const first = history.invoke(0, 0, 0, { f: 'write', input: 1 });
history.complete(first, 1, 0, { type: 'ok', output: null });
const second = history.invoke(2, 0, 0, { f: 'write', input: 2 });
history.complete(second, 3, 0, { type: 'ok', output: null });
const read = history.invoke(4, 0, 1, { f: 'read', input: null });
history.complete(read, 5, 0, { type: 'ok', output: 1 });

const verdict = linearizable(register).check(history);
if (verdict.type === 'invalid') console.log(verdict.anomalies[0].name, verdict.anomalies[0].operations);
