import { counted } from 'elle-ts';
import type { Checking, Entry } from './checking.ts';
import type { Outcome } from './protocol.ts';

interface EntriesProps {
  readonly checking: Checking;
  /** The number of the entry whose report is shown, or -1. */
  readonly shown: number;
  onShow(at: number): void;
}

/** Every history with its verdict, or with how far it is. */
export function Entries({ checking: { entries, skipped }, shown, onShow }: EntriesProps) {
  return (
    <>
      <ol class="entries" aria-label="Verdicts">
        {entries.map((entry, at) => (
          <li key={at} class={`${kindOf(entry)}${at === shown ? ' shown' : ''}`}>
            <span class={`verdict ${kindOf(entry)}`}>{wordOf(entry)}</span>
            <div>
              <strong>
                <bdi>{entry.path}</bdi>
              </strong>
              <Said entry={entry} />
            </div>
            {entry.report && entries.length > 1 && (
              <button type="button" aria-pressed={at === shown} onClick={() => onShow(at)}>
                Report
              </button>
            )}
          </li>
        ))}
      </ol>
      {skipped.length > 0 && (
        <details class="skipped">
          <summary>{counted(skipped.length, 'file')} skipped: no histories by their names</summary>
          <p>A file that is dropped alone is judged whatever its name.</p>
          <ul>
            {skipped.slice(0, 200).map((path) => (
              <li key={path}>{path}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Said({ entry: { state, share, outcome } }: { readonly entry: Entry }) {
  if (!outcome) return state === 'reading' ? <progress max={1} value={share} aria-label="Read" /> : null;
  if ('error' in outcome) return <p role="alert">{outcome.error}</p>;
  const { count, ms, notes } = outcome;
  return (
    <>
      <p>{sentenceOf(outcome)}</p>
      <p class="size">
        {counted(count, 'operation')}, {ms.toLocaleString('en')} ms
      </p>
      {notes.map((note) => (
        <p key={note} class="note">
          note: {note}
        </p>
      ))}
    </>
  );
}

/** The words of the command line. */
function sentenceOf(outcome: Exclude<Outcome, { error: string }>): string {
  const { type, model, valid, reason } = outcome;
  if (valid === true) return `${type}, ${model}`;
  if (valid === 'unknown') return `${type}, ${model} is unknown${reason === undefined ? '' : `: ${reason}`}`;
  return `${type}, not ${model}: ${counted(outcome.anomalies, 'anomaly', 'anomalies')}`;
}

function kindOf({ outcome, state }: Entry): string {
  if (!outcome) return state;
  if ('error' in outcome) return 'error';
  return outcome.valid === 'unknown' ? 'unknown' : outcome.valid ? 'valid' : 'invalid';
}

const WORDS: Readonly<Record<string, string>> = {
  valid: 'Holds',
  invalid: 'Refuted',
  unknown: 'Unknown',
  error: 'Broken',
  reading: 'Reading',
  judging: 'Judging',
  waiting: 'Waiting',
  cancelled: 'Cancelled',
};

const wordOf = (entry: Entry): string => WORDS[kindOf(entry)] ?? '';
