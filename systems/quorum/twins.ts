/** The register on majorities with one step wrong. */
import { volatileMap } from '../blocks/durable-map.ts';
import { twin } from '../twin.ts';
import { abd, type MajorityRegister, majorityOf, type Steps, type Tag } from './abd.ts';
import { countingReplies } from './counting-replies.ts';

const broken = (name: string, replaced: Partial<Steps>, says: string): MajorityRegister =>
  twin(abd, { name: `quorum/${name}`, flaw: { says, anomaly: 'stale-read' } }, replaced);

/** Compares so many of a tag's parts: its number, also its writer, or all. */
const comparing = (parts: number) => (a: Tag, b: Tag) => {
  for (let i = 0; i < parts; i++) if (a[i] !== b[i]) return a[i]! > b[i]! ? 1 : -1;
  return 0;
};

export const brokenRegisters: readonly MajorityRegister[] = [
  broken(
    'no-write-back',
    { writeBack: async () => undefined },
    'a read does not store what it found before it answers',
  ),
  broken(
    'small-quorums',
    { queried: (processors) => processors - majorityOf(processors) },
    'queries ask so few nodes that they may miss the last write: R+W = N',
  ),
  broken('volatile', { openRegisters: async () => volatileMap() }, 'a node acknowledges what is in its memory alone'),
  broken('equal-tags', { compareTags: comparing(2) }, 'two writes that one node makes at once share a tag'),
  broken(
    'no-writer-id',
    { compareTags: comparing(1) },
    'tags are numbers alone: two nodes that write at once share one',
  ),
  broken(
    'replies-counted-twice',
    { connect: countingReplies },
    'a quorum counts replies and not nodes, so a doubled one counts twice',
  ),
];
