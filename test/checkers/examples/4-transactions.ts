import { judge, readHistory } from 'elle-ts';

// Two transactions read what the other is about to append to, as snapshot isolation lets them.
const { history } = readHistory(`
  {:process 0, :type :invoke, :f :txn, :value [[:r :x nil] [:append :y 1]]}
  {:process 1, :type :invoke, :f :txn, :value [[:r :y nil] [:append :x 2]]}
  {:process 0, :type :ok, :f :txn, :value [[:r :x []] [:append :y 1]]}
  {:process 1, :type :ok, :f :txn, :value [[:r :y []] [:append :x 2]]}
  {:process 0, :type :invoke, :f :txn, :value [[:r :x nil] [:r :y nil]]}
  {:process 0, :type :ok, :f :txn, :value [[:r :x [2]] [:r :y [1]]]}
`);

const { models, anomalies } = judge(history, { type: 'list-append' });
console.log('snapshot isolation:', models['snapshot-isolation'], 'serializable:', models.serializable);
console.log(anomalies[0]?.name);
