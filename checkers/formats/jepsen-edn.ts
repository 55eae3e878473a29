import { EdnReader } from './edn.ts';
import { jepsenEvent } from './jepsen.ts';
import { Pairing } from './pairing.ts';
import type { Reader } from './reader.ts';

/**
 * Reads Jepsen's histories in EDN: operation maps one after another, or in one vector or list. Knossos, Elle and Viper write such, and so
 * are the key-value logs that Porcupine tests with (their maps have a `:key`).
 */
export function jepsenEdnReader(): Reader {
  const pairing = new Pairing();
  const edn = new EdnReader((value, line) => {
    // A vector with metadata or a tag before it is not read element by element.
    for (const map of Array.isArray(value) ? value : [value]) jepsenEvent(map, pairing, line);
  });
  return {
    push: (text) => edn.push(text),
    end() {
      edn.end();
      return { history: pairing.end(), lineOf: (start) => pairing.lineOf(start), notes: [], format: 'edn' };
    },
  };
}
