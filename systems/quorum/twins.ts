/** The register on majorities, and Dynamo's store, with one step wrong. */
import { volatileMap } from '../blocks/durable-map.ts';
import { InDoubt } from '../node.ts';
import { twin } from '../twin.ts';
import { abd, type MajorityRegister, majorityOf, type Steps, type Tag } from './abd.ts';
import { countingReplies } from './counting-replies.ts';
import { type Steps as DynamoSteps, HOMES, removableDynamo, strictDynamo } from './dynamo.ts';

const broken = (
  name: string,
  replaced: Partial<Steps>,
  says: string,
  at: string,
  file = 'quorum/twins.ts',
): MajorityRegister =>
  twin(abd, { name: `quorum/${name}`, flaw: { says, anomaly: 'stale-read', at, in: file } }, replaced);

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
    'writeBack: async () => undefined',
  ),
  broken(
    'small-quorums',
    { queried: (processors) => processors - majorityOf(processors) },
    'queries ask so few nodes that they may miss the last write: R+W = N',
    'queried: (processors) => processors - majorityOf(processors)',
  ),
  broken(
    'volatile',
    { openRegisters: async () => volatileMap() },
    'a node acknowledges what is in its memory alone',
    'openRegisters: async () => volatileMap()',
  ),
  broken(
    'equal-tags',
    { compareTags: comparing(2) },
    'two writes that one node makes at once share a tag',
    'compareTags: comparing(2)',
  ),
  broken(
    'no-writer-id',
    { compareTags: comparing(1) },
    'tags are numbers alone: two nodes that write at once share one',
    'compareTags: comparing(1)',
  ),
  broken(
    'replies-counted-twice',
    { connect: countingReplies },
    'a quorum counts replies and not nodes, so a duplicated one counts twice',
    'replies.push(reply);',
    'quorum/counting-replies.ts',
  ),
];

/** A home that does not answer is replaced by the next node of the list, which counts in its place. */
const withStandIns: DynamoSteps['askHomes'] = (nodes, ask) => {
  const standIns = nodes.slice(HOMES);
  return nodes.slice(0, HOMES).map(async (home) => {
    for (let asked = home; ; asked = standIns.shift()!) {
      const reply = await ask(asked).then(
        (reply) => ({ reply }),
        () => undefined,
      );
      if (reply) return [asked, reply.reply] as const;
      if (standIns.length === 0) throw new InDoubt(`${asked} does not answer`);
    }
  });
};

export const sloppyDynamo: typeof strictDynamo = twin(
  strictDynamo,
  {
    name: 'quorum/sloppy',
    flaw: {
      says: 'stand-ins of unreachable homes count for a quorum, which the next quorum need not meet then',
      anomaly: 'stale-read',
      at: 'asked = standIns.shift()!',
    },
  },
  { askHomes: withStandIns },
);

const GRACE_MS = 250;

export const forgetfulDynamos: readonly (typeof removableDynamo)[] = [
  twin(
    removableDynamo,
    {
      name: 'quorum/no-tombstones',
      flaw: {
        says: 'a removal leaves nothing behind, so repair brings the value back from a node that missed it',
        anomaly: 'lost-update',
        at: 'version.removed ? this.versions.delete(key)',
        in: 'quorum/twins.ts',
      },
    },
    {
      keep(key, version) {
        return version.removed ? this.versions.delete(key) : this.versions.set(key, version);
      },
    },
  ),
  twin(
    removableDynamo,
    {
      name: 'quorum/early-collection',
      flaw: {
        says: 'tombstones are collected before every node has seen them',
        anomaly: 'lost-update',
        at: 'void this.node.sleep(GRACE_MS).then(() => this.inTurn(key, collect));',
      },
    },
    {
      async keep(key, version) {
        await this.versions.set(key, version);
        if (!version.removed) return;
        const collect = async () => {
          if (this.versions.get(key)?.stamp === version.stamp) await this.versions.delete(key);
        };
        void this.node.sleep(GRACE_MS).then(() => this.inTurn(key, collect));
      },
    },
  ),
];
