import { useState } from 'preact/hooks';
import { counted } from '../../harness/campaign/gate.ts';
import type { Fault } from '../../harness/faults/fault.ts';
import { useStore } from '../../report/page/store.ts';
import { freeId, placed } from '../plan/placing.ts';
import { FaultForm } from './FaultForm.tsx';
import { FaultTrack } from './FaultTrack.tsx';
import { drawnFaults, faultsOf, withFaults } from './hand.ts';
import type { Session } from './session.ts';

/** The faults of the run on a time axis: drawn by the seed, or placed, moved, stretched and removed by hand. */
export function Faults({ session }: { readonly session: Session }) {
  const scenario = useStore(session.scenario);
  const ran = useStore(session.ran);
  const [chosen, setChosen] = useState(-1);
  const faults = faultsOf(scenario, ran);
  const fault = faults.find(({ id }) => id === chosen);
  const isByHand = scenario.given.faults !== undefined;
  const change = (changed: readonly Fault[]) => session.change(withFaults(scenario, changed));
  const remove = (id: number) => change(faults.filter((one) => one.id !== id));
  return (
    <section id="faults" aria-labelledby="faults-title" tabIndex={-1}>
      <h2 id="faults-title">Faults</h2>
      <Drawn session={session} />
      <p class="quiet" role="status">
        {counted(faults.length, 'fault')}
        {scenario.given.calls
          ? ` and ${counted(scenario.given.calls.length, 'call')}, as a counterexample has them.`
          : isByHand
            ? ', placed by hand.'
            : `, drawn by seed ${scenario.setting.seed}.`}{' '}
        {isByHand && (
          <button type="button" onClick={() => session.change(drawnFaults(scenario))}>
            Draw again
          </button>
        )}
      </p>
      <FaultTrack
        faults={faults}
        durationMs={scenario.setting.options.durationMs}
        chosen={chosen}
        onChoose={setChosen}
        onChange={change}
      />
      <Add
        session={session}
        onAdd={(name) => {
          const added = newFault(session, name, faults);
          setChosen(added.id);
          change([...faults, added]);
        }}
      />
      {fault && (
        <FaultForm
          fault={fault}
          setting={scenario.setting}
          onChange={(changed) => change(faults.map((one) => (one.id === changed.id ? changed : one)))}
          onRemove={() => remove(fault.id)}
        />
      )}
    </section>
  );
}

/** In the first gap of the middle of the run, at the first node. */
function newFault({ scenario }: Session, name: string, faults: readonly Fault[]): Fault {
  const { setting } = scenario.value;
  const { durationMs } = setting.options;
  const lengthMs = Math.min(Math.max(durationMs / 5, setting.callTimeoutMs * 1.2), durationMs / 2);
  const starts = [0.3, 0.1, 0.5].map((share) => share * durationMs);
  const isFree = (fromMs: number) => faults.every((one) => one.toMs <= fromMs || one.fromMs >= fromMs + lengthMs);
  const fromMs = Math.round((starts.find(isFree) ?? starts[0]!) / 10) * 10;
  const toMs = Math.round((fromMs + lengthMs) / 10) * 10;
  const at = name === 'link' || setting.nodes.length < 2 ? setting.nodes : setting.nodes.slice(0, 1);
  return placed(name, { at, fromMs, toMs, id: freeId(faults) }, setting);
}

function Add({ session, onAdd }: { readonly session: Session; readonly onAdd: (name: string) => void }) {
  const { faults } = session.catalogue;
  const [name, setName] = useState('one-node');
  return (
    <div class="toolbar">
      <label class="check">
        New fault{' '}
        <select value={name} onChange={(event) => setName(event.currentTarget.value)}>
          {faults
            .filter((one) => !one.isKind)
            .map((one) => (
              <option key={one.name} value={one.name}>
                {one.name}: {one.says}
              </option>
            ))}
        </select>
      </label>
      <button type="button" onClick={() => onAdd(name)}>
        Place it
      </button>
    </div>
  );
}

/** Of which kinds the seed draws. */
function Drawn({ session }: { readonly session: Session }) {
  const scenario = useStore(session.scenario);
  const { faults } = scenario.setting;
  const kinds = [...new Set(session.catalogue.faults.map(({ kind }) => kind))];
  const all = [...kinds, ...faults.filter((name) => !(kinds as readonly string[]).includes(name))];
  const toggle = (name: string, on: boolean) => {
    const names = on ? [...faults, name] : faults.filter((one) => one !== name);
    session.change(drawnFaults(scenario, names));
  };
  return (
    <fieldset class="kinds">
      <legend>Kinds that the seed draws</legend>
      {all.map((name) => (
        <label key={name} class="check">
          <input
            type="checkbox"
            checked={faults.includes(name)}
            onChange={(event) => toggle(name, event.currentTarget.checked)}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
