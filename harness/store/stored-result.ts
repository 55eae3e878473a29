/** What the files of a run's folder must be: a folder may come from strangers, and a disk may have failed. */
import {
  anything,
  either,
  flag,
  listOf,
  number,
  oneOf,
  type Reader,
  record,
  recordOf,
  text,
  wholeIn,
} from '../setting/reading.ts';

const edge = record({ why: text });
const anomaly = record(
  { name: text, message: text, steps: listOf(text), operations: listOf(wholeIn(0)) },
  { cycle: listOf(edge), at: either('a place', number, listOf(number), anything) },
);
const verdict: Reader = (value, path) => {
  record({ type: oneOf('valid', 'invalid', 'unknown') })(value, path);
  const { type } = value as { readonly type: string };
  if (type === 'invalid') record({ anomalies: listOf(anomaly, 1) })(value, path);
  if (type === 'unknown') record({ reason: text })(value, path);
};
const effect = either(
  'an effect or "indeterminate"',
  oneOf('indeterminate'),
  record({ targets: listOf(text) }, { pids: listOf(anything), offsetMs: listOf(anything) }),
);
const injected = record({ fault: record({ kind: text }), began: effect, ended: effect, fromMs: number, toMs: number });
const counts = recordOf(number);
const nameOrNull: Reader = (value, path) => value === null || text(value, path);

/** A `Result`. */
export const result = record(
  {
    verdict: oneOf('valid', 'invalid', 'unknown'),
    says: text,
    claims: listOf(record({ claim: record({ model: text, under: listOf(text) }), verdict })),
    checkers: recordOf(verdict),
    evidence: listOf(record({ says: text, enough: flag })),
    tally: record({}),
    faults: listOf(injected),
    healedMs: number,
    traffic: record({ messages: number, bytes: number, kinds: counts, marks: counts }),
  },
  {
    placement: record({ strongest: listOf(text), anomalies: listOf(anomaly), unknown: listOf(text) }),
    recoveryMs: number,
    starvedMs: record({}),
    programs: recordOf(text),
    notes: listOf(record({ atMs: number, says: text })),
    watched: record({
      stepMs: number,
      leaders: listOf(nameOrNull),
      links: recordOf(record({ bytes: listOf(number), held: listOf(number) })),
      logBytes: recordOf(listOf(number)),
    }),
    thrown: listOf(record({ node: text, where: text, says: text, times: number })),
    metrics: record({ health: listOf(record({ node: text })), latencyMs: listOf(record({})) }, { windowMs: number }),
  },
);

/** One line of `messages.jsonl`. */
export const journalled = record(
  {
    id: text,
    cause: text,
    root: text,
    from: text,
    to: text,
    kind: text,
    sentMs: number,
    delaysMs: listOf(number),
    arrivedMs: listOf(number),
  },
  { faults: listOf(number) },
);

export const calls = listOf(wholeIn(0));
export const meta = record({ command: text });
