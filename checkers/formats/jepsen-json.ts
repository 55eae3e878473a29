import { JepsenEvents } from './jepsen.ts';
import { JsonTexts } from './json.ts';
import { cutNote, JsonElements } from './json-elements.ts';
import type { ReadOptions } from './options.ts';
import { Pairing } from './pairing.ts';
import type { Reader } from './reader.ts';

/**
 * Reads Jepsen's histories in JSON, as elle-cli takes them:
 * one array of operation objects, which is read object by object.
 */
export function jepsenJsonReader(options?: ReadOptions): Reader {
  const pairing = new Pairing();
  const events = new JepsenEvents(pairing, options);
  const texts = new JsonTexts();
  const elements = new JsonElements(
    { level: 1, says: 'a history in JSON is an array of objects' },
    options,
    (text, line) => events.read(texts.parse(text, line), line),
  );
  return {
    push: (text) => elements.push(text),
    end() {
      const rest = elements.end();
      const notes = rest === undefined ? [] : [cutNote(rest, '"type"')];
      return events.reading(notes, 'json');
    },
  };
}
