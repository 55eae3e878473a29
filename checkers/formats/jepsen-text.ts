import { mayBeCut } from './cut-number.ts';
import { EdnReader } from './edn.ts';
import { HistoryError } from './history-error.ts';
import { JepsenEvents } from './jepsen.ts';
import { Lines } from './lines.ts';
import { Names } from './names.ts';
import type { ReadOptions } from './options.ts';
import { Pairing } from './pairing.ts';
import type { Reader } from './reader.ts';

const LINE = /^\s*:?([\w.-]+)[\t ]+:(invoke|ok|fail|info)[\t ]+:?([^\t ]+)(?:[\t ]+(.*))?$/;
const LOG_LINE = /^INFO\s+jepsen\.util\s+-\s+(.*)$/;

/**
 * Reads Jepsen's `history.txt`: a line an event, in the order of time, with
 * process, type, function, value (as EDN) and perhaps an error, separated by tabs.
 */
export function historyTxtReader(options?: ReadOptions): Reader {
  return textReader('history-txt', options, (line) => line);
}

/**
 * Reads the same events as Jepsen's first versions logged them, `INFO jepsen.util - 0 :invoke :read nil`:
 * Porcupine tests with such logs of one etcd register. A `cas` that failed found another value there.
 */
export function etcdLogReader(options?: ReadOptions): Reader {
  return textReader('etcd-log', options, (line) => LOG_LINE.exec(line)?.[1]);
}

function textReader(
  format: string,
  options: ReadOptions | undefined,
  eventIn: (line: string) => string | undefined,
): Reader {
  const pairing = new Pairing();
  const events = new JepsenEvents(pairing, options);
  const values = new Values();
  const says = format === 'etcd-log' ? 'an etcd log' : "Jepsen's history.txt";
  const read = (line: string, number: number, ended: boolean): void => {
    const match = LINE.exec(eventIn(line) ?? '');
    // Each line has a value, if only nil: one without it, and without an end, was cut off before it.
    const cut = !ended && match !== null && ((match[4] ?? '') === '' || mayBeCut(line, pairing.history.input));
    if (!match || cut)
      throw new HistoryError(
        `no line of ${says}, which has process, :type, :function and value: "${line.slice(0, 40)}"`,
        number,
      );
    const [, process, type, f, rest = ''] = match as unknown as [string, string, string, string, string?];
    const { value, error } = values.of(rest, { process, type }, number);
    const mismatch = format === 'etcd-log' && type === 'fail' && f === 'cas';
    const client = /^\d{1,10}$/.test(process) ? Number(process) : process;
    events.read({ process: client, type, f, value, error: mismatch ? 'mismatch' : error }, number);
  };
  const lines = new Lines(
    options,
    (text, from, to, number) => {
      const line = text.slice(from, to);
      if (line.trim() !== '') read(line, number, to < text.length);
    },
    true,
  );
  return {
    push: (text) => lines.push(text),
    end() {
      const notes = lines.end();
      return events.reading(notes, format);
    },
  };
}

/** The values of events, which are EDN behind which an error may follow. */
class Values {
  private readonly names = new Names();

  of(
    rest: string,
    { process, type }: { readonly process: string; readonly type: string },
    line: number,
  ): { readonly value: unknown; readonly error: string | undefined } {
    const tab = rest.indexOf('\t');
    const text = (tab < 0 ? rest : rest.slice(0, tab)).trim();
    const told = tab < 0 ? undefined : rest.slice(tab + 1).trim();
    // Logs have the error of a call in the place of its value.
    if (told === undefined && (type === 'fail' || type === 'info') && /^:[\w-]+$/.test(text))
      return { value: null, error: text.slice(1) };
    // What a nemesis did may be an object that nothing can read, and no verdict rests on it.
    const value = process === 'nemesis' ? text : this.value(text, line);
    return { value, error: told?.replace(/^:/, '') };
  }

  private value(text: string, line: number): unknown {
    if (text === 'nil' || text === '') return null;
    if (/^-?(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
    if (/^[a-z]/i.test(text) && text !== 'true' && text !== 'false')
      throw new HistoryError(`"${text.slice(0, 40)}" is no value`, line);
    return this.edn(text, line);
  }

  /** Any other value. It stands in a map of its own, for the outermost vector is read element by element. */
  private edn(text: string, line: number): unknown {
    const found: unknown[] = [];
    try {
      const reader = new EdnReader((value) => found.push(value), { names: this.names });
      reader.push(`{"" ${text}\n}`);
      reader.end();
    } catch (error) {
      const reason = error instanceof HistoryError ? error.reason : String(error);
      throw new HistoryError(`"${text.slice(0, 40)}" is no value (${reason})`, line);
    }
    const [map] = found as [Record<string, unknown>];
    return map[''];
  }
}
