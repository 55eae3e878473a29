/**
 * The world as a child has it: real timers under a clock that
 * faults can move, a file for a disk, and the line to the switch.
 */

import type { DiskFault } from '../../faults/disk.ts';
import { FaultyDisk } from '../../node/disk.ts';
import { mix, mixText } from '../../node/identity.ts';
import { LocalClock } from '../../node/local-clock.ts';
import type { World } from '../../node/world.ts';
import { openDisk } from './child-disk.ts';
import type { ChildSetting, FromChild } from './protocol.ts';

export interface ChildWorld {
  readonly world: World;
  readonly clock: LocalClock;
  readonly diskFaults: Map<number, DiskFault>;
}

/**
 * True time in ms: the wall clock at the process's start, and
 * monotonic from there. One machine's processes agree on it.
 */
export function trueMs(): number {
  return performance.timeOrigin + performance.now();
}

export function childWorld(setting: ChildSetting, say: (entry: FromChild) => void, threw: World['threw']): ChildWorld {
  const { id, nodes, seed, life, journal } = setting;
  const clock = new LocalClock(trueMs, (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  });
  const diskFaults = new Map<number, DiskFault>();
  const disk = new FaultyDisk(
    openDisk(setting.diskFile, setting.fsync, (error) => say(['broke', `could not write its disk: ${error.message}`])),
    mix(seed, mixText(id)),
    diskFaults,
    (fault) => say(['hit', fault]),
    (ms, task) => setTimeout(task, ms),
  );
  const world: World = {
    id,
    peers: nodes.filter((node) => node !== id),
    disk,
    seed,
    life,
    now: () => clock.now(),
    elapsed: () => clock.elapsed(),
    after: (ms, task) => clock.after(ms, task),
    send: ({ identity, cause, to, kind, type, re, body }) =>
      say(['message', identity, journal ? cause.says : '', cause.root, to, kind, type, re, body]),
    mark: (name) => say(['mark', name]),
    log: (line) => process.stdout.write(`${line}\n`),
    threw,
  };
  return { world, clock, diskFaults };
}
