import type { Steps } from './fenced.ts';
import type { LockCommand } from './lock-table.ts';

/** A command with the wall clock of the node that was asked. */
type Asked = LockCommand & { readonly askedMs: number };

/** The steps of a node that measures leases from when they were asked for, on wall clocks. */
export function byWallClock(steps: Steps): Partial<Steps> {
  const askedMs = new Map<string, number>();
  const note = (command: LockCommand) => askedMs.set(command.key, (command as Asked).askedMs);
  return {
    submit(command) {
      return steps.submit.call(this, { ...command, askedMs: this.node.now() } as Asked);
    },
    table: {
      ...steps.table,
      grant(command) {
        note(command);
        steps.table.grant.call(this, command);
      },
      renew(command, lease) {
        steps.table.renew.call(this, command, lease);
        note(command);
      },
    },
    ageMs(key) {
      return this.node.now() - askedMs.get(key)!;
    },
    // Wall clocks jump, so who trusts them has to look more often.
    watchMs: 30,
  };
}
