/**
 * A client's session with a node of a database: what it asks
 * is answered in time or not at all, and within the contract.
 */
import type { DatabaseSession } from '../../../databases/database.ts';
import type { Closed } from '../../../databases/wire/connection.ts';
import { InDoubt, type NodeId, Refused } from '../../../systems/node.ts';
import type { System } from '../../../systems/system.ts';
import { HarnessFailure } from '../../failure.ts';
import { outputOf } from '../../node/contract.ts';
import { failureOf, messageOf } from '../../node/thrown.ts';
import type { Session, SessionCall } from '../cluster.ts';

type AnySession = DatabaseSession<Record<string, never>>;

/** Opens one, within so long. Rejects with whatever `connect` does, as nothing was asked yet. */
export async function sessionWith(
  connected: Promise<unknown>,
  timeoutMs: number,
  system: Pick<System, 'name' | 'datatype'>,
  node: NodeId,
  broke: (sentence: string) => void,
): Promise<Session> {
  try {
    const session = await inTime(connected, timeoutMs, new Refused(`no session within ${timeoutMs} ms`));
    return new OpenSession(session as AnySession, system, node, broke);
  } catch (error) {
    // One that comes too late is nobody's.
    void connected.then(
      (session) => (session as AnySession).close(),
      () => {},
    );
    throw error;
  }
}

class OpenSession implements Session {
  private readonly session: AnySession;
  private readonly system: Pick<System, 'name' | 'datatype'>;
  private readonly node: NodeId;
  private readonly broke: (sentence: string) => void;
  isOver = false;

  constructor(
    session: AnySession,
    system: Pick<System, 'name' | 'datatype'>,
    node: NodeId,
    broke: (sentence: string) => void,
  ) {
    this.session = session;
    this.system = system;
    this.node = node;
    this.broke = broke;
  }

  async call({ f, key, input, timeoutMs }: SessionCall): Promise<unknown> {
    const { system, node } = this;
    const api = this.session.api as unknown as Readonly<
      Record<string, ((input: unknown, key?: string) => Promise<unknown>) | undefined>
    >;
    const task = api[f];
    if (!task) return this.breakOff(`${system.name} has no function ${f} at ${node}`);
    const late = new Error(`no answer within ${timeoutMs} ms`);
    const output = await inTime(task(input, key), timeoutMs, late).catch((error: unknown) => {
      this.isOver ||= (error as Partial<Closed>).isClosed === true;
      return inDoubt(error);
    });
    try {
      return outputOf(system, node, { f, input }, output);
    } catch (error) {
      if (error instanceof HarnessFailure) return this.breakOff(error.message);
      throw error;
    }
  }

  close(): void {
    this.isOver = true;
    this.session.close();
  }

  /** The run is over: nobody is to carry on. */
  private breakOff(sentence: string): Promise<never> {
    this.broke(sentence);
    return new Promise(() => {});
  }
}

/** Where an adapter's code is right, every error that is no refusal leaves open what happened. */
function inDoubt(error: unknown): never {
  throw failureOf(error) === 'threw' ? new InDoubt(messageOf(error)) : error;
}

async function inTime<T>(task: Promise<T>, ms: number, late: Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), ms);
  });
  // What comes after its time is nobody's answer.
  task.catch(() => {});
  try {
    return await Promise.race([task, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
