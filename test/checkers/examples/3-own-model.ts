import { HistoryBuilder, linearizable, type Model } from 'elle-ts';

type HighScore = {
  submit(score: number): null;
  best(input: null): number;
};

const highScore: Model<HighScore, number> = {
  name: 'high score',
  init: 0,
  step: {
    submit: (best, score) => [Math.max(best, score), null],
    best: (best) => [best, best],
  },
};

const history = new HistoryBuilder<HighScore>();
const submit = history.invoke(0, 0, 0, { f: 'submit', input: 70 });
const lost = history.invoke(1, 0, 1, { f: 'submit', input: 90 });
history.complete(submit, 2, 0, { type: 'ok', output: null });
history.complete(lost, 3, 0, { type: 'info', error: 'timeout' });
const best = history.invoke(4, 0, 0, { f: 'best', input: null });
history.complete(best, 5, 0, { type: 'ok', output: 90 });
console.log('90, of a request that timed out:', linearizable(highScore).check(history).type);

const later = history.invoke(6, 0, 0, { f: 'best', input: null });
history.complete(later, 7, 0, { type: 'ok', output: 70 });
console.log('and 70 after that:', linearizable(highScore).check(history).type);
