/** Whether an adapter says of its calls what is true, with a hostile proxy in its way. */
import type { Host } from '../../../../databases/database.ts';
import type { Session } from '../../cluster.ts';
import { Ports } from '../ports.ts';
import { sessionWith } from '../sessions.ts';
import { Hostile, mentions } from './hostile.ts';
import type { CheckId, Line } from './line.ts';
import { attempt, newWrite, type Outcome, outcomeText, type Write } from './probe.ts';
import { CALL_MS, type Trial } from './trial.ts';

/** So many requests of one write are looked at. */
const MOST_REQUESTS = 20;
/** A response that is late is so late. */
const LATE_MS = 2 * CALL_MS;

const failed = (id: CheckId, detail: string): Line => ({ id, verdict: 'failed', detail });
const passed = (id: CheckId, detail: string): Line => ({ id, verdict: 'passed', detail });

/** The checks of C14 that are wanted, at one node. */
export async function mappingChecks(trial: Trial, host: Host, wanted: readonly CheckId[]): Promise<readonly Line[]> {
  const hostile = new Hostile(new Ports());
  try {
    const mapping = new Mapping(trial, hostile, await hostile.inFrontOf(host, trial.database));
    const lines: Line[] = [];
    if (wanted.includes('C14a')) lines.push(await mapping.refused(await hostile.unreachable(host)));
    if (wanted.includes('C14b')) lines.push(await mapping.lost());
    if (wanted.includes('C14c')) lines.push(await mapping.staged('C14c'));
    if (wanted.includes('C14d')) lines.push(await mapping.late());
    if (wanted.includes('C14e')) lines.push(await mapping.staged('C14e'));
    if (wanted.includes('C14f')) lines.push(await mapping.lostAnywhere());
    return lines;
  } finally {
    hostile.close();
  }
}

class Mapping {
  private readonly trial: Trial;
  private readonly hostile: Hostile;
  private readonly host: Host;

  constructor(trial: Trial, hostile: Hostile, host: Host) {
    this.trial = trial;
    this.hostile = hostile;
    this.host = host;
  }

  async refused(unreachable: Host): Promise<Line> {
    const { probe } = this.trial;
    const write = newWrite();
    const outcome = await attempt(() => this.open(unreachable), probe.write(write), write, CALL_MS);
    return outcome.type === 'fail' ? passed('C14a', outcomeText(outcome)) : failed('C14a', outcomeText(outcome));
  }

  async lost(): Promise<Line> {
    const { trial, hostile } = this;
    const write = newWrite();
    const outcome = await this.write(write, (_, request) => (mentions(request, write.value) ? 'close' : 'pass'));
    const asked = hostile.requests.filter(({ bytes }) => mentions(bytes, write.value)).length;
    if (asked === 0) return { id: 'C14b', verdict: 'skipped', detail: 'the written value is not in what is sent' };
    const detail = `${outcomeText(outcome)}, asked for ${asked === 1 ? 'once' : `${asked} times`}`;
    if (asked > 1 || outcome.type === 'ok') return failed('C14b', `${detail}: it was asked for again, or not awaited`);
    const lie = await trial.lie(write, outcome);
    return lie === undefined ? passed('C14b', detail) : failed('C14b', lie);
  }

  /** What a server may say is said in its place: errors, or what only looks as if all was well. */
  async staged(id: 'C14c' | 'C14e'): Promise<Line> {
    const { staged = [] } = this.trial.database;
    const those = staged.filter(({ looksDone = false }) => looksDone === (id === 'C14e'));
    if (those.length === 0) return { id, verdict: 'skipped', detail: 'the database has nothing staged for it' };
    const told: string[] = [];
    const wrong: string[] = [];
    for (const { says, to, response, is } of those) {
      let given = 0;
      const outcome = await this.write(newWrite(), (_, request) => {
        const text = request.toString('latin1');
        if (given > 0 || !text.includes(to)) return 'pass';
        given++;
        return Buffer.from(response(text), 'latin1');
      });
      if (given === 0) wrong.push(`${says}: no request of a write has ${JSON.stringify(to)} in it`);
      else if (outcome.type !== is) wrong.push(`${says}: ${outcomeText(outcome)}, and not ${is}`);
      told.push(`${says}: ${outcome.type}`);
    }
    return wrong.length > 0 ? failed(id, wrong.join('; ')) : passed(id, told.join('; '));
  }

  async late(): Promise<Line> {
    const { trial, hostile, host } = this;
    const { probe } = trial;
    const write = newWrite();
    const outcome = await this.write(
      write,
      (_, request) => (mentions(request, write.value) ? 'hold' : 'pass'),
      LATE_MS,
    );
    const next = newWrite();
    const reading = attempt(() => this.open(host), probe.read(next), next, CALL_MS);
    hostile.release();
    const read = await reading;
    if (outcome.type === 'ok') return failed('C14d', `${outcomeText(outcome)}, though no response had come`);
    const lie = await trial.lie(write, outcome);
    if (lie !== undefined) return failed('C14d', lie);
    if (read.type === 'ok' && probe.has(read.output, write.value) && !(await this.shows(next, write)))
      return failed('C14d', 'the next call was given the response that came late');
    return passed('C14d', `${outcomeText(outcome)}; the next call: ${outcomeText(read)}`);
  }

  async lostAnywhere(): Promise<Line> {
    const { trial, hostile } = this;
    const told: string[] = [];
    for (let k = 1; k <= MOST_REQUESTS; k++) {
      const write = newWrite();
      const outcome = await this.write(write, (nth) => (nth === k ? 'close' : 'pass'));
      if (hostile.requests.length < k) break;
      const lie = await trial.lie(write, outcome);
      if (lie !== undefined) return failed('C14f', `request ${k}: ${lie}`);
      if (outcome.type === 'ok' && !(await trial.isThere(write)))
        return failed('C14f', `request ${k}: a write was acknowledged and is not there`);
      told.push(outcome.type);
    }
    if (told.length === 0) return failed('C14f', 'a write asks for nothing by the ports that the database declares');
    return passed('C14f', `of ${told.length} requests: ${told.join(', ')}`);
  }

  /** Writes once, under the rule. The session is opened before: what it asks is not of the write. */
  private async write(write: Write, rule: Parameters<Hostile['expect']>[0], timeoutMs = CALL_MS): Promise<Outcome> {
    const { hostile, trial, host } = this;
    hostile.expect();
    const open = async () => {
      const session = await this.open(host);
      hostile.expect(rule);
      return session;
    };
    return attempt(open, trial.probe.write(write), write, timeoutMs);
  }

  /** Whether a read of one key shows what was written to the other: all keys are one thing then. */
  private async shows(read: Write, written: Write): Promise<boolean> {
    const { trial } = this;
    const outcome = await trial.read(this.host.id, read);
    return outcome.type === 'ok' && trial.probe.has(outcome.output, written.value);
  }

  private async open(host: Host): Promise<Session> {
    const { database } = this.trial;
    return sessionWith(database.connect(host), CALL_MS, database, host.id, (sentence) => this.trial.broke(sentence));
  }
}
