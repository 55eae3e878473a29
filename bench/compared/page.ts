/** The comparison as a page of docs. */
import type { Losses, Traffic, Verdicts } from './probes.ts';
import { WEIGHED } from './sizes.ts';

/** What was measured of a design. */
export interface Measured {
  readonly name: string;
  readonly datatype: string;
  readonly verdicts: Verdicts;
  readonly traffic: Traffic;
  /** By run; undefined where it had not converged when nobody looked any more. */
  readonly converges: readonly (number | undefined)[];
  readonly losses: readonly Losses[];
  /** In bytes; undefined where it is not weighed. */
  readonly size: number | undefined;
}

const HEADINGS = [
  'design',
  'valid',
  'unknown',
  'accused',
  'converges in, ms',
  'lost of acknowledged',
  'kept of unanswered',
  'messages an edit',
  'bytes an edit',
  `kB after ${WEIGHED.toLocaleString('en')}`,
];

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** Median and the most: `120, 240`; how many never came to be the same, if any did not. */
function timesText(times: readonly (number | undefined)[]): string {
  const known = times.filter((time) => time !== undefined).sort((a, b) => a - b);
  const never = times.length - known.length;
  const told = known.length === 0 ? [] : [`${known[known.length >> 1]}, ${known.at(-1)}`];
  return [...told, ...(never > 0 ? [`never in ${never} of ${times.length}`] : [])].join('; ');
}

function row({ name, verdicts, traffic, converges, losses, size }: Measured): string {
  const total = (of: (one: Losses) => number) => sum(losses.map(of));
  const cells = [
    `\`${name}\``,
    verdicts.valid,
    verdicts.unknown,
    verdicts.accused.length,
    timesText(converges),
    `${total(({ lost }) => lost)} of ${total(({ acknowledged }) => acknowledged)}`,
    `${total(({ kept }) => kept)} of ${total(({ open }) => open)}`,
    traffic.messages.toFixed(1),
    Math.round(traffic.bytes).toLocaleString('en'),
    size === undefined ? '' : (size / 1000).toFixed(size < 10_000 ? 1 : 0),
  ];
  return `| ${cells.join(' | ')} |`;
}

function table(rows: readonly Measured[]): string {
  return [`| ${HEADINGS.join(' | ')} |`, `|${'---|'.repeat(HEADINGS.length)}`, ...rows.map(row)].join('\n');
}

/** What the page is made of: the rows of each datatype, and of the ways to sync and store, and mistakes. */
export interface Compared {
  readonly command: string;
  readonly seed: number;
  readonly runs: number;
  readonly probes: number;
  readonly versions: string;
  readonly rows: readonly Measured[];
  readonly ways: readonly Measured[];
}

export function page({ command, seed, runs, probes, versions, rows, ways }: Compared): string {
  const datatypes = [...new Set(rows.map(({ datatype }) => datatype))];
  const tables = datatypes.map(
    (datatype) => `## ${datatype}\n\n${table(rows.filter((one) => one.datatype === datatype))}`,
  );
  return `# Libraries compared

Yjs, Automerge, Loro, TinyBase and PouchDB beside designs of ours that do the same, as they were measured in the
simulation with seed ${seed} (${versions}). Again, after \`npm run libraries\`:

\`\`\`sh norun: it needs npm run libraries, and minutes
${command}
\`\`\`

- **valid, unknown, accused**: ${runs} runs each of 3 nodes, 96 calls and 4 s under all faults of \`--faults all\`. Valid: it
  kept its claims, every kind of fault did something, and calls met it. Unknown: too little was seen.
- **converges in**: one node is cut off for 1.5 s, all three edit meanwhile, 40 edits in all; how long after the cut is
  over until every node shows the same for good, as median and the most of ${probes} runs. Nodes are read every 5 ms.
- **lost of acknowledged**: a node that is cut off makes edits, crashes, and starts again with its disk. How many of
  those that it had acknowledged are in no replica in the end. **Kept of unanswered**: of the edits that the crash left
  without an answer, those that are there. Sums of ${probes} runs.
- **messages, bytes an edit**: of all nodes together, with two edits a second at each for ten seconds and no fault,
  what nodes exchange between edits included. Bytes are of the JSON that messages carry; a library's updates in
  it are base64, a third more than they are themselves.
- **kB after ${WEIGHED.toLocaleString('en')}** edits by one editor, a tenth of them removals: of a library the document as it encodes it; of
  PouchDB all that its store wrote; of ours the state as JSON. Maps and sets have 100 keys. Lists are edited at random places.

Each design stores every edit before it acknowledges it, and tells it at once; what got lost is exchanged every 100 ms.

${tables.join('\n\n')}

## Ways to sync and to store

The same design in other ways, and with two mistakes: \`-batch\` stores what came within 100 ms together and acknowledges
it then; \`-exchange\` tells nothing at once; \`-server\` goes by way of the first node; \`-memory\` has no disk;
\`-unstored\` acknowledges before it stores; \`-told-once\` never sends again what got lost.

${table(ways)}
`;
}
