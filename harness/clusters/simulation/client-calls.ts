/** Clients' calls to simulated nodes. */
import { InDoubt, Refused } from '../../../systems/node.ts';
import type { Design } from '../../../systems/system.ts';
import { doingAt } from '../../doing.ts';
import { operationOf, outputOf } from '../../node/contract.ts';
import { callIdentity } from '../../node/identity.ts';
import { asError } from '../../node/thrown.ts';
import { overTheWire } from '../../node/wire.ts';
import type { SessionCall } from '../cluster.ts';
import type { Machine } from './life.ts';
import type { SystemErrors } from './system-errors.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A client sits beside its node: latency there would widen operations and hide what they could show. */
const CLIENT_LINK_MS = 0.05;

/** A call that is not answered yet. */
interface Open {
  readonly to: Machine;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class ClientCalls {
  private readonly system: Design;
  private readonly time: VirtualTime;
  private readonly errors: SystemErrors;
  private readonly open = new Set<Open>();

  constructor(system: Design, time: VirtualTime, errors: SystemErrors) {
    this.system = system;
    this.time = time;
    this.errors = errors;
  }

  /** Rejects with `Refused` when it certainly took no effect, and with any other error when nobody knows. */
  call(machine: Machine, call: SessionCall): Promise<unknown> {
    const { timeoutMs } = call;
    const life = machine.life;
    if (!life) return Promise.reject(new Refused(`${machine.id} is down`));
    return new Promise((resolve, reject) => {
      const open: Open = { to: machine, resolve, reject };
      this.open.add(open);
      this.time.schedule(timeoutMs, () => {
        if (this.open.delete(open)) reject(new InDoubt(`no answer within ${timeoutMs} ms`));
      });
      this.time.schedule(CLIENT_LINK_MS, () =>
        machine.whenRunning(() => {
          if (machine.life !== life) return;
          life.whenReady(() => this.operate(machine, { ...call, input: overTheWire(call.input) }, open));
        }),
      );
    });
  }

  /** Connections of a node that died break off, which says nothing of what it had done. */
  breakOff(machine: Machine): void {
    for (const open of [...this.open]) {
      if (open.to !== machine) continue;
      this.open.delete(open);
      open.reject(new InDoubt(`${machine.id} broke off the connection`));
    }
  }

  private operate(machine: Machine, { id, f, input, key }: SessionCall, open: Open): void {
    const replica = machine.life?.replica;
    const runtime = machine.runtime;
    if (!replica || !runtime) return;
    const { system } = this;
    doingAt(machine.id, f, ` (planned call ${id})`);
    const task = async () => {
      const operation = operationOf(system, machine.id, replica, f);
      return outputOf(system, machine.id, { f, input }, await operation(input as never, key));
    };
    runtime.operate(callIdentity(id), `op ${id}`, task).then(
      (output) => this.answer(open, () => open.resolve(output)),
      (error: unknown) => {
        this.errors.inOperation(machine.id, `${key === undefined ? f : `${f} of ${key}`} (planned call ${id})`, error);
        this.answer(open, () => open.reject(asError(error)));
      },
    );
  }

  /** On its way back to the client, which may have given up by then. */
  private answer(open: Open, settle: () => void): void {
    this.time.schedule(CLIENT_LINK_MS, () => this.open.delete(open) && settle());
  }
}
