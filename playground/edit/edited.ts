/** Whether edited code is run in the place of a design, and what was wrong with it last. */
import { Store } from '../../report/page/store.ts';
import type { Made } from '../engine/messages.ts';
import type { Scenario } from '../engine/scenario.ts';
import type { Answer, Refusal } from './runner.ts';

/** Runs a scenario with edited code. */
type RunCode = (scenario: Scenario) => Promise<Answer>;

export class Edited {
  /** Why the code could not be run; undefined where it could. */
  readonly problem = new Store<Refusal | undefined>(undefined);
  /** The code, and the design that it was. */
  private own: { readonly design: string; readonly code: RunCode } | undefined;
  private readonly changed: () => void;

  /** `changed` is called where the same scenario is to be run anew. */
  constructor(changed: () => void) {
    this.changed = changed;
  }

  /** From now on this code runs wherever this design is chosen. */
  run(design: string, code: RunCode): void {
    this.own = { design, code };
    this.changed();
  }

  /** From now on designs run as they are. */
  leave(): void {
    this.problem.set(undefined);
    if (!this.own) return;
    this.own = undefined;
    this.changed();
  }

  /** The run by the edited code; undefined where there is none. Rejects where the code is refused, and tells it. */
  async made(scenario: Scenario): Promise<Made | undefined> {
    const answer = this.own?.design === scenario.setting.system ? await this.own.code(scenario) : undefined;
    this.problem.set(answer && 'error' in answer ? answer : undefined);
    if (!answer) return undefined;
    if ('error' in answer) throw new Error(answer.error);
    return answer.made;
  }
}
