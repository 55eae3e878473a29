import type { Fault } from '../../harness/faults/fault.ts';
import type { Setting } from '../../harness/setting/plan.ts';
import { aimed, aimOf, numbersOf, ROLES, stretched } from '../plan/placing.ts';
import { plannedText } from './hand.ts';
import { NumberField } from './NumberField.tsx';

interface FormProps {
  readonly fault: Fault;
  readonly setting: Setting;
  readonly onChange: (fault: Fault) => void;
  readonly onRemove: () => void;
}

/** The fault that is chosen: nodes, times, and what else its kind has. */
export function FaultForm({ fault, setting, onChange, onRemove }: FormProps) {
  const { durationMs } = setting.options;
  return (
    <fieldset class="fault-form">
      <legend>{plannedText(fault)}</legend>
      <Aim fault={fault} setting={setting} onChange={onChange} />
      <div class="fields">
        <NumberField
          name="From, ms"
          value={fault.fromMs}
          from={0}
          to={Math.max(0, fault.toMs - 10)}
          fractions
          onChange={(fromMs) => onChange(stretched(fault, { fromMs }, durationMs))}
        />
        <NumberField
          name="To, ms"
          value={fault.toMs}
          from={fault.fromMs + 10}
          to={Math.max(durationMs, fault.toMs)}
          fractions
          onChange={(toMs) => onChange(stretched(fault, { toMs }, durationMs))}
        />
        {numbersOf(fault).map(([name, value]) => (
          <NumberField
            key={name}
            name={NUMBERS[name]?.says ?? name}
            value={value}
            from={NUMBERS[name]?.from ?? 0}
            to={NUMBERS[name]?.to ?? 60_000}
            fractions
            onChange={(number) => onChange({ ...fault, [name]: number } as Fault)}
          />
        ))}
      </div>
      <button type="button" onClick={onRemove}>
        Remove this fault
      </button>
    </fieldset>
  );
}

/** What the numbers of the kinds are called, and between what they are. */
const NUMBERS: Readonly<Record<string, { readonly says: string; readonly from: number; readonly to: number }>> = {
  drop: { says: 'Lost, share', from: 0, to: 1 },
  duplicate: { says: 'Duplicated, share', from: 0, to: 1 },
  delayMs: { says: 'Late by, ms', from: 0, to: 60_000 },
  jitterMs: { says: 'Jitter, ms', from: 0, to: 60_000 },
  flapMs: { says: 'In turns of, ms', from: 1, to: 60_000 },
  byMs: { says: 'Jumps by, ms', from: -600_000, to: 600_000 },
  periodMs: { says: 'Every, ms', from: 1, to: 60_000 },
  rate: { says: 'Runs so many times as fast', from: 0.01, to: 100 },
  chance: { says: 'Chance of a write', from: 0.01, to: 1 },
};

function Aim({ fault, setting, onChange }: Omit<FormProps, 'onRemove'>) {
  const { nodes } = setting;
  const aim = aimOf(fault, nodes);
  const at = (to: typeof aim) => onChange(aimed(fault, to, nodes));
  const toggle = (node: string, on: boolean) => {
    const before = typeof aim === 'string' ? [] : aim;
    const next = nodes.filter((one) => (one === node ? on : before.includes(one)));
    if (next.length > 0) at(next);
  };
  return (
    <fieldset class="kinds">
      <legend>{fault.kind === 'partition' ? 'One side' : fault.kind === 'link' ? 'Links among' : 'Nodes'}</legend>
      {nodes.map((node) => (
        <label key={node} class="check">
          <input
            type="checkbox"
            checked={aim.includes(node)}
            onChange={(event) => toggle(node, event.currentTarget.checked)}
          />
          {node}
        </label>
      ))}
      {fault.kind !== 'link' && (
        <label class="check">
          or whoever is{' '}
          <select
            value={typeof aim === 'string' ? aim : ''}
            onChange={(event) =>
              at(event.currentTarget.value === '' ? nodes.slice(0, 1) : (event.currentTarget.value as typeof aim))
            }
          >
            <option value="">nobody else</option>
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {SAID[role]}
              </option>
            ))}
          </select>
        </label>
      )}
    </fieldset>
  );
}

const SAID = {
  primary: 'the primary then',
  one: 'any one node',
  minority: 'a minority',
  majority: 'a majority',
  all: 'every node',
} as const;
