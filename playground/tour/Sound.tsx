import { useEffect, useState } from 'preact/hooks';
import type { Engine } from '../engine/engine.ts';
import type { Compared } from '../engine/messages.ts';
import { scenarioOf } from '../engine/scenario.ts';
import type { Chapter, Example } from './chapter.ts';
import { Table } from './Prose.tsx';

const VERDICTS = {
  valid: 'kept its claim',
  invalid: 'broke its claim',
  unknown: 'did not break; too few calls to say more',
} as const;

/** The sound versions under the very calls and faults that broke the slide. */
export function Sound({ chapter, engine }: { readonly chapter: Chapter; readonly engine: Engine }) {
  const example = chapter.shows.find((block): block is Example => block.kind === 'example');
  const [all, setAll] = useState<readonly Compared[]>([]);
  useEffect(() => {
    if (example) underSamePlan(chapter, example, engine).then(setAll, () => undefined);
  }, [example]);
  if (!example || all.length === 0) return null;
  return (
    <div class="same-plan" data-compared={all.length}>
      <h3>Under the same calls and faults</h3>
      <Table
        label="The slide and the sound versions under the same calls and faults"
        head={['system', 'what came of it', 'calls answered', 'messages']}
        rows={all.map(({ system, verdict, anomalies, answered, calls, messages }) => [
          system,
          `${VERDICTS[verdict]}${anomalies.length > 0 ? `: ${anomalies.join(', ')}` : ''}`,
          `${answered} of ${calls}`,
          `${messages}`,
        ])}
        note="One run each, of the few calls above: it shows that the plan does not break them, and no more than that."
      />
    </div>
  );
}

/** The broken design first; those that do not offer what the workload calls are left out. */
async function underSamePlan({ folder }: Chapter, example: Example, engine: Engine): Promise<readonly Compared[]> {
  const { designs } = await engine.catalogue;
  const { workload } = example.setting;
  const sound = designs.filter(
    (one) => one.folder === folder && one.variant === 'sound' && one.workloads.includes(workload),
  );
  const systems = [example.system, ...sound.map(({ name }) => name)];
  const compared = await engine.ask('compare', { scenario: scenarioOf(example.setting), systems });
  return compared.filter(({ error }) => error === undefined);
}
