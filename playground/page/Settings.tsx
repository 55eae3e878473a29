import { useStore } from '../../report/page/store.ts';
import { MOST } from '../link/limits.ts';
import { designOf, withNodes, withOptions, withSeed, withWorkload } from './choices.ts';
import { NumberField } from './NumberField.tsx';
import type { Session } from './session.ts';

/** What clients do, and on how many nodes: every change is run at once. */
export function Settings({ session }: { readonly session: Session }) {
  const scenario = useStore(session.scenario);
  const { catalogue } = session;
  const { setting } = scenario;
  const { options } = setting;
  const { workloads } = designOf(catalogue, scenario);
  const { heedsKeys } = catalogue.workloads.find(({ name }) => name === setting.workload)!;
  const change = session.change.bind(session);
  return (
    <section id="setting-chosen" class="settings" aria-labelledby="setting-chosen-title" tabIndex={-1}>
      <h2 id="setting-chosen-title">Workload</h2>
      <div class="fields">
        <label class="field wide">
          Workload
          <select
            value={setting.workload}
            onChange={(event) => change(withWorkload(catalogue, scenario, event.currentTarget.value))}
          >
            {workloads.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <NumberField
          name="Nodes"
          value={setting.nodes.length}
          from={1}
          to={MOST.nodes}
          onChange={(nodes) => change(withNodes(scenario, nodes))}
        />
        <NumberField
          name="Clients"
          value={options.clients}
          from={1}
          to={MOST.clients}
          onChange={(clients) => change(withOptions(scenario, { clients }))}
        />
        <NumberField
          name="Time in ms"
          value={options.durationMs}
          from={100}
          to={MOST.durationMs}
          step={100}
          onChange={(durationMs) => change(withOptions(scenario, { durationMs }))}
        />
        <NumberField
          name="Calls a second"
          value={options.ratePerSecond}
          from={1}
          to={Math.floor((MOST.calls * 1000) / options.durationMs)}
          onChange={(ratePerSecond) => change(withOptions(scenario, { ratePerSecond }))}
        />
        {heedsKeys && (
          <NumberField
            name="Keys"
            value={options.keys}
            from={1}
            to={MOST.keys}
            onChange={(keys) => change(withOptions(scenario, { keys }))}
          />
        )}
        <NumberField
          name="Seed"
          value={setting.seed}
          from={0}
          to={Number.MAX_SAFE_INTEGER}
          onChange={(seed) => change(withSeed(scenario, seed))}
        />
      </div>
    </section>
  );
}
