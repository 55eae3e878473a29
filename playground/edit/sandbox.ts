/** The worker of the sandboxed frame, before the edited code, which calls `splitbrainSandbox`. */

import { systemIn } from '../../harness/setting/validate-system.ts';
import { InDoubt, Refused } from '../../systems/node.ts';
import type { Design } from '../../systems/system.ts';
import { defineSystem, isDesign } from '../../systems/system.ts';
import { madeOf } from '../engine/making.ts';
import { subjectFor } from '../engine/planned.ts';
import * as promises from '../platform/promises.ts';
import { PROMISES } from '../promises-name.mjs';
import { lineOf, placed } from './places.ts';
import { refuseWaysOut } from './refusals.ts';
import type { Answer, Begun, Run } from './runner.ts';

const page = globalThis as unknown as {
  postMessage(says: Answer | Begun): void;
  splitbrainSandbox(run: Run, code: (exports: Exports, require: (name: string) => unknown) => void): void;
};
type Exports = Record<string, unknown>;

/** As the command line names the downloaded file. */
const FILE = './my.mjs#mine';
const post = page.postMessage.bind(page);

/** What edited code may import. */
const MODULES: Readonly<Record<string, unknown>> = {
  [PROMISES]: promises,
  splitbrain: { defineSystem, InDoubt, Refused },
};

page.splitbrainSandbox = (run, code) => {
  const { before, lines } = run;
  let reached: Error | undefined;
  const failed = (error: unknown): void => {
    const first = reached ?? error;
    const line = first instanceof Error ? lineOf(first, before, lines) : undefined;
    const says = placed(first instanceof Error ? first.message : String(first), before, lines);
    post({ error: says, ...(line === undefined ? {} : { line }) });
  };
  const reach = (error: Error): void => {
    reached ??= error;
  };
  refuseWaysOut(reach);
  post({ begun: true });
  try {
    const exports: Exports = {};
    code(exports, (name) => imported(name, reach));
    const system = designIn(exports);
    // A simulated run needs a turn of the event loop of its own.
    setTimeout(() => {
      try {
        const { setting, given } = run.scenario;
        const scenario = { setting: { ...setting, system: FILE }, given };
        const made = madeOf(scenario, subjectFor(system, setting));
        if (reached) failed(reached);
        else post({ made: { ...made, page: inPlaces(made.page, before, lines) } });
      } catch (error) {
        failed(error);
      }
    });
  } catch (error) {
    failed(error);
  }
};

function imported(name: string, reach: (error: Error) => void): unknown {
  if (Object.hasOwn(MODULES, name)) return MODULES[name];
  const error = new Error(
    `"${name}" cannot be imported: a design in the page is one module, which may import splitbrain`,
  );
  reach(error);
  throw error;
}

/** The design that the module exports as `mine`, else the only one that it exports. */
function designIn(exports: Exports): Design {
  const named = Object.entries(exports).filter(([name]) => name !== 'default');
  const [name, value] = named.find(([one]) => one === 'mine') ?? (named.length === 1 ? named[0]! : []);
  if (name === undefined) throw new Error('the module exports no design called mine: export const mine = { ... }');
  const system = systemIn(value, `${name} of my.mjs`);
  if (!isDesign(system)) throw new Error(`${name} is no design: it has no start(node)`);
  return system;
}

/** Errors that nodes left in a run name places, too. */
function inPlaces<T>(value: T, before: number, lines: number): T {
  return JSON.parse(JSON.stringify(value), (_, one: unknown) =>
    typeof one === 'string' && one.includes('blob:') ? placed(one, before, lines) : one,
  ) as T;
}
