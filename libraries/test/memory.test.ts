/** Documents in the memory of WebAssembly are given back when a run is over: a search must not grow with them. */
import { expect, it } from 'vitest';
import { memoryBytes, watchWebAssembly } from '../../bench/wasm-memory.ts';
import { inMacrotask } from '../../harness/clusters/simulation/macrotask.ts';
import { libraryDesigns } from '../../harness/setting/libraries.ts';
import { runOnce } from '../../test/systems/cell.ts';
import { workloads } from '../../workloads/registry.ts';

watchWebAssembly();
const designs = await libraryDesigns();
const RUN = { faults: [], nodes: 3, keys: 1, clients: 2, ratePerSecond: 50, durationMs: 100 };

it.each([
  ['loro/list', 1_000],
  ['automerge/list', 300],
] as const)('of %s run number %d has no more memory than the 100th', async (name, last) => {
  const system = designs.find((one) => one.name === name)!;
  const workload = workloads.find(({ datatype }) => datatype === system.datatype)!;
  const bytes: number[] = [];
  // In one macrotask, in which no finalizer of the garbage collector runs: what is not given back at once stays.
  for (const [from, to] of [
    [1, 100],
    [101, last],
  ] as const) {
    await inMacrotask(() => {
      for (let seed = from; seed <= to; seed++) runOnce({ ...RUN, system, workload }, seed);
    });
    bytes.push(memoryBytes());
  }
  expect(bytes[0]).toBeGreaterThan(0);
  expect(bytes[1]).toBe(bytes[0]);
});
