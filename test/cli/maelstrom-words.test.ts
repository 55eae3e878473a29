import { describe, expect, it } from 'vitest';
import { hinted, inOurWords } from '../../cli/maelstrom-words.ts';
import { runCommand } from '../../cli/run.ts';

/** Command lines of the kind that Maelstrom's guide has, after the name of the command. */
const LINES = [
  '-w echo --bin ./echo.rb --node-count 1 --time-limit 10',
  '-w echo --bin ./echo.rb --nodes n1 --time-limit 10 --log-stderr',
  '-w echo --bin ./echo.rb --time-limit 5',
  '-w broadcast --bin ./broadcast.rb --time-limit 5 --log-stderr',
  '-w broadcast --bin ./broadcast.rb --time-limit 5 --rate 10',
  '-w broadcast --bin ./broadcast.rb --time-limit 20 --topology tree4 --nemesis partition',
  '-w broadcast --bin ./broadcast.rb --time-limit 20 --rate 100 --node-count 25 --topology line --latency 10',
  '-w g-set --bin ./g_set.rb --time-limit 20 --rate 10 --nemesis partition --nemesis-interval 5',
  '-w pn-counter --bin ./counter.rb --time-limit 30 --rate 10 --nemesis partition',
  '-w txn-list-append --bin ./datomic.rb --time-limit 10 --log-stderr --node-count 1',
  '-w txn-list-append --bin ./datomic.rb --time-limit 10 --node-count 2 --rate 100',
  '-w lin-kv --bin ./raft.rb --time-limit 60 --node-count 3 --concurrency 4n --rate 30',
  '-w lin-kv --bin ./raft.rb --time-limit 60 --node-count 3 --concurrency 10n --rate 100 --nemesis partition --nemesis-interval 3',
  '-w lin-kv --bin ./raft.rb --time-limit 60 --node-count 3 --rate 0 --log-stderr',
  '-w txn-rw-register --bin ./txn.rb --node-count 2 --concurrency 2n --time-limit 20 --rate 1000 --consistency-models read-committed --nemesis kill',
  '-w txn-rw-register --bin ./txn --node-count 2 --concurrency 2n --time-limit 20 --rate 1000 --consistency-models read-uncommitted --availability total --nemesis partition',
  '-w kafka --bin ./kafka --node-count 2 --concurrency 2n --time-limit 20 --rate 1000 --availability 0.99',
];

describe('Maelstrom’s command lines', () => {
  it.each(LINES)('%s', (line) => {
    const command = runCommand().exitOverride();
    const flags = command.parseOptions([...inOurWords(line.split(' '))]);
    expect(flags.unknown).toEqual([]);
    expect(command.opts()).toMatchObject({ workload: line.split(' ')[1], bin: line.split(' ')[3] });
  });

  it('leave alone what is the program’s own', () => {
    expect(inOurWords(['--time-limit=5', '--', '-w', '--time-limit', '7'])).toEqual([
      '--time',
      '5s',
      '--',
      '-w',
      '--time-limit',
      '7',
    ]);
  });
});

describe('an option of another tool', () => {
  it('is told with what it is called here, and any other is not', () => {
    expect(hinted("error: unknown option '--anomalies'\n")).toMatch(
      /^error: unknown option '--anomalies' \(here: .*--model/,
    );
    expect(hinted("error: unknown option '--nothing'\n")).toBe("error: unknown option '--nothing'\n");
  });
});
