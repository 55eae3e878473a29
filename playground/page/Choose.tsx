import { chapters } from 'splitbrain:chapters';
import { useStore } from '../../report/page/store.ts';
import type { Catalogue, DesignEntry } from '../engine/catalogue.ts';
import { designOf, family, firstScenario, withDesign } from './choices.ts';
import { Source } from './Source.tsx';
import type { Session } from './session.ts';

/** Which design, which of its variants, what that claims, and its source beside it. */
export function Choose({ session }: { readonly session: Session }) {
  const scenario = useStore(session.scenario);
  const { catalogue } = session;
  const design = designOf(catalogue, scenario);
  const variants = family(catalogue, design);
  const choose = (name: string) => session.change(withDesign(catalogue, scenario, name));
  return (
    <section id="design" class="choose" aria-labelledby="design-title" tabIndex={-1}>
      <h2 id="design-title">Design</h2>
      <div class="beside-source">
        <div>
          <label class="field">
            Design
            <select
              value={design.folder}
              onChange={(event) => session.change(firstOf(catalogue, event.currentTarget.value))}
            >
              {folders(catalogue).map((folder) => (
                <option key={folder} value={folder}>
                  {titleOf(folder)}
                </option>
              ))}
            </select>
          </label>
          <fieldset class="variants">
            <legend>Variant</legend>
            {variants.map((one) => (
              <label key={one.name} class={`variant ${one.variant}`}>
                <input
                  type="radio"
                  name="variant"
                  checked={one.name === design.name}
                  onChange={() => choose(one.name)}
                />
                <span>
                  <b>{shortName(one)}</b> {shortName(one) !== KINDS[one.variant] && <small>{KINDS[one.variant]}</small>}
                </span>
              </label>
            ))}
          </fieldset>
          <Claimed design={design} />
        </div>
        <Source design={design} />
      </div>
    </section>
  );
}

const KINDS = { slide: 'as the slide has it', sound: 'sound', twin: 'one step wrong' } as const;

function shortName({ name }: DesignEntry): string {
  return name.split('/')[1] ?? name;
}

/** What it says of itself, and what is known to be wrong with it. */
function Claimed({ design: { claims, flaw } }: { readonly design: DesignEntry }) {
  return (
    <div class="claimed">
      {claims.length === 0 && <p>It claims nothing.</p>}
      {claims.map(({ model, under, available }) => (
        <p key={`${model} ${under.join()}`}>
          Claims <b>{model}</b> {under.length > 0 ? `under ${under.join(', ')}` : 'without faults'}
          {available === 'none' ? '' : `, ${AVAILABLE[available]}`}.
        </p>
      ))}
      {flaw && (
        <p class="flaw">
          What is wrong: {flaw.says}. It shows as <b>{flaw.anomaly}</b>.
        </p>
      )}
    </div>
  );
}

const AVAILABLE = {
  total: 'answered at every node',
  majority: "answered on a majority's side",
  'primary-side': "answered on the primary's side",
} as const;

function firstOf(catalogue: Catalogue, folder: string) {
  const variants = family(catalogue, { folder });
  const first = variants.find(({ variant }) => variant === 'slide') ?? variants[0]!;
  return firstScenario(catalogue, first.name);
}

/** Those of the slides in their order, then all others by name. */
function folders({ designs }: Catalogue): readonly string[] {
  const all = [...new Set(designs.map(({ folder }) => folder))];
  return all.sort((a, b) => slideOf(a) - slideOf(b) || titleOf(a).localeCompare(titleOf(b)));
}

function slideOf(folder: string): number {
  return Number(/^(\d+)\. /.exec(chapters[folder] ?? '')?.[1] ?? 99);
}

function titleOf(folder: string): string {
  const title = chapters[folder] ?? folder;
  return slideOf(folder) < 99 ? `Slide ${title}` : title;
}
