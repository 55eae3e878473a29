/** Sources whose identifiers are told apart by too little. */
import { twin } from '../twin.ts';
import { type IdSource, idSource } from './sound.ts';

const broken = (name: string, generator: IdSource['steps']['generator'], says: string, at: string): IdSource =>
  twin(
    idSource,
    { name: `unique-ids/${name}`, flaw: { says, anomaly: 'duplicate-id', at, in: 'unique-ids/twins.ts' } },
    { generator },
  );

export const brokenIdSources: readonly IdSource[] = [
  broken(
    'no-count',
    (node) => () => `${node.id}/${Math.floor(node.now())}`,
    'an identifier is a node and the time in ms, of which two may share one',
    'Math.floor(node.now())}',
  ),
  broken(
    'clock-steps-back',
    (node) => {
      let count = 0;
      let ms = Math.floor(node.now());
      return () => {
        const now = Math.floor(node.now());
        count = now === ms ? count + 1 : 0;
        ms = now;
        return `${node.id}/${now}/${count}`;
      };
    },
    'the count begins anew with every ms, also with one that was there before',
    'count = now === ms ? count + 1 : 0;',
  ),
  broken(
    'count-restarts',
    (node) => {
      let count = 0;
      return () => `${node.id}/${++count}`;
    },
    'the count begins anew with every life',
    '++count}',
  ),
];
