import { HistoryError } from './history-error.ts';
import { Lines } from './lines.ts';
import { Pairing } from './pairing.ts';
import type { Reader } from './reader.ts';

const LINE = /^INFO\s+jepsen\.util\s+-\s+(\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.*)$/;

/**
 * Reads the logs of one etcd register that Porcupine tests with (they come from Knossos' first analyses of etcd): a line an event, in the
 * order of time. `nil` is the absent key. A `cas` that failed found another value; a read that timed out is dropped as failed.
 */
export function etcdLogReader(): Reader {
  const pairing = new Pairing();
  const lines = new Lines((text, from, to, number) => {
    const line = text.slice(from, to);
    if (line.trim() === '') return;
    const match = LINE.exec(line);
    if (!match)
      throw new HistoryError('no line of an etcd log', number, line.startsWith('INFO') || 'INFO'.startsWith(line));
    const [, process, type, f, value] = match as unknown as [
      string,
      string,
      'invoke' | 'ok' | 'fail' | 'info',
      string,
      string,
    ];
    const index = pairing.index(undefined, number);
    const error = type === 'fail' && f === 'cas' ? 'mismatch' : value.replace(/^:/, '');
    pairing.event(
      {
        index,
        time: index,
        process: Number(process),
        type,
        f,
        key: undefined,
        value: type === 'invoke' || type === 'ok' ? etcdValue(value, number) : null,
        node: undefined,
        error: type === 'fail' || type === 'info' ? error : undefined,
      },
      number,
    );
  });
  return {
    push: (text) => lines.push(text),
    end() {
      const notes = lines.end();
      return { history: pairing.end(), lineOf: (start) => pairing.lineOf(start), notes, format: 'etcd-log' };
    },
  };
}

/** `nil`, a whole number, or `[old new]`. */
function etcdValue(text: string, line: number): number | null | [number, number] {
  if (text === 'nil') return null;
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  const pair = /^\[(-?\d{1,15}) (-?\d{1,15})\]$/.exec(text);
  if (!pair) throw new HistoryError(`"${text}" is no value of an etcd log`, line, true);
  return [Number(pair[1]), Number(pair[2])];
}
