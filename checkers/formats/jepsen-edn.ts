import { EdnReader } from './edn.ts';
import { HistoryError } from './history-error.ts';
import { JepsenEvents } from './jepsen.ts';
import type { ReadOptions } from './options.ts';
import { Pairing } from './pairing.ts';
import type { Reader } from './reader.ts';

/**
 * Reads Jepsen's histories in EDN: operation maps one after another, or in one vector or list.
 * Knossos, Elle and Viper write such, and so are the key-value logs that Porcupine tests
 * with (their maps have a `:key`). An operation may be a vector `[process type f value]`.
 */
export function jepsenEdnReader(options?: ReadOptions): Reader {
  const pairing = new Pairing();
  const events = new JepsenEvents(pairing, options);
  const edn = new EdnReader(
    (value, line) => {
      // A vector with metadata or a tag before it is not read element by element, nor is one without elements.
      const several = Array.isArray(value) && value.every((one) => typeof one === 'object');
      for (const record of several ? value : [value]) events.read(record, line);
    },
    { vectorsOfScalars: true, longest: options?.longest },
  );
  return {
    push: (text) => edn.push(text),
    end() {
      const notes: string[] = [];
      try {
        edn.end();
      } catch (error) {
        if (!(error instanceof HistoryError && error.cutOff)) throw error;
        notes.push(`line ${error.line} is cut off: the history ends before it`);
      }
      return events.reading(notes, 'edn');
    },
  };
}
