/** The worker of the check page: finds the histories among the files, and judges one after the other. */
import { binaryFormats, datatypes, formats, type History } from 'elle-ts';
import { type Checked, checkSource } from '../../harness/checking/check-source.ts';
import { refuseUnknownNames } from '../../harness/checking/names.ts';
import type { Judgeable } from '../../harness/checking/source.ts';
import { foundIn } from './input.ts';
import { packedReport } from './packed.ts';
import type { Message, Names, Outcome, Task } from './protocol.ts';
import { optionsOf } from './said.ts';
import { surroundings } from './surroundings.ts';

const page = self as unknown as { postMessage(message: Message): void; onmessage(event: MessageEvent<Task>): void };
const say = (message: Message): void => page.postMessage(message);

const names: Names = {
  datatypes: datatypes.map(({ name, models }) => ({ name, models: Object.keys(models) })),
  formats: [...formats, ...binaryFormats].map(({ name, says }) => ({ name, says })),
};

/** Judges what the page gives it. */
export function judging(): void {
  page.onmessage = ({ data }) => {
    judgeAll(data).then(
      () => say({ done: true }),
      (error: unknown) => say({ refused: error instanceof Error ? error.message : String(error) }),
    );
  };
  say({ names });
}

async function judgeAll({ files, said }: Task): Promise<void> {
  const options = optionsOf(said);
  await refuseUnknownNames(options, surroundings.datatypeFor);
  const reading = new Reading(files);
  const found = await foundIn(files, said.format, (path, bytes) => reading.progress(path, bytes));
  const histories = found.filter((one): one is Judgeable => !('skipped' in one));
  const times = options.models?.length ?? 1;
  say({
    found: histories.flatMap((history) => Array.from({ length: times }, () => pathOf(history))),
    skipped: found.flatMap((one) => ('skipped' in one ? [one.skipped] : [])),
  });
  for (const [at, found] of histories.entries()) {
    reading.begin(at * times, found);
    const { checked, history } = await checkSource(found, options, surroundings);
    for (let i = 0; i < times; i++) {
      // Where it could not be read, that is the outcome for each model.
      const one = checked[i] ?? checked[0]!;
      say({ ended: at * times + i, ...(await toldOf(one, history)) });
    }
  }
}

const pathOf = (one: Judgeable): string => ('source' in one ? one.source.path : one.path);

async function toldOf(
  checked: Checked,
  history: History | undefined,
): Promise<Pick<Extract<Message, { ended: number }>, 'outcome' | 'report'>> {
  if (!history || 'error' in checked) return { outcome: outcomeOf(checked) };
  return { outcome: outcomeOf(checked), report: await packedReport(checked.file, history, checked) };
}

function outcomeOf(checked: Checked): Outcome {
  if ('error' in checked) return { file: checked.file, error: checked.error };
  const { anomalies, certificate: _, ...rest } = checked;
  return { ...rest, anomalies: anomalies.length };
}

/** How much of the history that is being read has been. */
class Reading {
  private readonly sizes: ReadonlyMap<string, number>;
  private readonly read = new Map<string, number>();
  private at = -1;
  private bytes = 0;
  private told = 0;

  constructor(files: Task['files']) {
    this.sizes = new Map(files.map(({ path, file }) => [path, file.size]));
  }

  begin(at: number, history: Judgeable): void {
    const paths = 'source' in history ? history.source.files.map(({ path }) => path) : [];
    this.at = at;
    this.bytes = paths.reduce((sum, path) => sum + (this.sizes.get(path) ?? 0), 0);
    this.read.clear();
    this.told = 0;
    say({ reading: at, share: 0 });
  }

  /** Tells each hundredth once, and when it has come to the end. */
  progress(path: string, bytes: number): void {
    if (this.at < 0) return;
    this.read.set(path, bytes);
    const share = [...this.read.values()].reduce((a, b) => a + b, 0) / Math.max(1, this.bytes);
    if (share >= 1) say({ judging: this.at });
    else if (share >= this.told + 0.01) {
      this.told = share;
      say({ reading: this.at, share });
    }
  }
}
