import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inMacrotask } from '../../harness/clusters/simulation/macrotask.ts';
import { readCounterexample } from '../../harness/explore/counterexample.ts';
import { replay } from '../../harness/explore/replay.ts';
import { designFrom, sourceOf } from '../../harness/setting/sources.ts';
import { anomaliesOf, runOnce, SMALL } from '../../test/systems/cell.ts';
import { workloads } from '../../workloads/registry.ts';

const FILE = fileURLToPath(new URL('../example/notes.mjs', import.meta.url));
const workload = workloads.find(({ datatype }) => datatype === 'lww-map')!;

const faults = ['crash', 'pause', 'partition', 'loss'];

describe('the example of docs/libraries.md', () => {
  it('stands there as it is here', () => {
    const page = readFileSync(new URL('../../docs/libraries.md', import.meta.url), 'utf8');
    expect(page).toContain(`\n${readFileSync(FILE, 'utf8')}\`\`\`\n`);
  });

  it('keeps its claim', async () => {
    const system = await designFrom(sourceOf(`${FILE}#notes`));
    const runs = await inMacrotask(() =>
      Array.from({ length: 60 }, (_, seed) => runOnce({ system, workload, faults, ...SMALL }, seed)),
    );
    expect(runs.flatMap(({ result }) => anomaliesOf(result))).toEqual([]);
  });

  it('loses an edit where devices store nothing', async () => {
    const { occurred } = await replay(readCounterexample(FILE.replace('notes.mjs', 'unsaved.lost-update.json')));
    expect(occurred).toBe(true);
  });
});
