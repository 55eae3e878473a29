import { useStore } from '../../report/page/store.ts';
import type { Checker } from './checking.ts';
import type { Said } from './protocol.ts';

interface OptionsProps {
  readonly checker: Checker;
  readonly said: Said;
  onSaid(said: Said): void;
}

/** What a reader may say of the histories; each has the name that it has on the command line. */
export function Options({ checker, said, onSaid }: OptionsProps) {
  const { datatypes, formats } = useStore(checker.names);
  const type = datatypes.find(({ name }) => name === said.type);
  const models = type?.models ?? [...new Set(datatypes.flatMap((one) => one.models))].sort();
  const change = (changed: Partial<Said>) => onSaid({ ...said, ...changed });
  const typed = (name: 'map' | 'processKey' | 'initial') => (event: Event) =>
    change({ [name]: (event.currentTarget as HTMLInputElement).value });
  return (
    <section class="options" aria-label="What the histories are">
      <label>
        <span>
          Datatype <code>--type</code>
        </span>
        <select value={said.type} onChange={(event) => change({ type: event.currentTarget.value, models: [] })}>
          <option value="">detected</option>
          {datatypes.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>
          Format <code>--format</code>
        </span>
        <select value={said.format} onChange={(event) => change({ format: event.currentTarget.value })}>
          <option value="">detected</option>
          {formats.map(({ name, says }) => (
            <option key={name} value={name} title={says}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <details class="models">
        <summary>
          Models <code>--model</code>: {said.models.length === 0 ? 'the strongest that holds' : said.models.join(', ')}
        </summary>
        <fieldset>
          <legend class="hidden">Judge each of these models alone</legend>
          {models.map((model) => (
            <label key={model}>
              <input
                type="checkbox"
                checked={said.models.includes(model)}
                onChange={(event) =>
                  change({
                    models: event.currentTarget.checked
                      ? [...said.models, model]
                      : said.models.filter((one) => one !== model),
                  })
                }
              />
              {model}
            </label>
          ))}
        </fieldset>
      </details>
      <details>
        <summary>Names and values of the files</summary>
        <label>
          <span>
            Functions that are called otherwise <code>--map</code>
          </span>
          <input type="text" value={said.map} placeholder="debit=transfer" onInput={typed('map')} />
        </label>
        <label>
          <span>
            Member that names the process <code>--process-key</code>
          </span>
          <input type="text" value={said.processKey} placeholder="process" onInput={typed('processKey')} />
        </label>
        <label>
          <span>
            Value before the first write <code>--initial</code>
          </span>
          <input type="text" value={said.initial} placeholder="null" onInput={typed('initial')} />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={said.nullUnknown}
            onChange={(event) => change({ nullUnknown: event.currentTarget.checked })}
          />
          A read of null says nothing <code>--assume-null-unknown</code>
        </label>
      </details>
    </section>
  );
}
