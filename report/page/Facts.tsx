import { plainText } from './call-text.ts';
import type { RunPage } from './data.ts';
import { Marked } from './Marked.tsx';
import { recoveredText } from './time.ts';

const WORDS = { valid: 'Held', invalid: 'Refuted', unknown: 'Unknown' } as const;

/** The top of the page: the verdict, why, and the run in a line. */
export function Facts({ page }: { readonly page: RunPage }) {
  const { setting } = page;
  return (
    <section class="hero beside-facts" aria-label="Verdict">
      <div>
        <p class={`verdict ${page.beyond ? 'beyond' : page.verdict}`}>
          {page.beyond ? 'Claim held' : WORDS[page.verdict]}
        </p>
        <h1>
          <bdi>{setting.system}</bdi>
        </h1>
        <p class="says">
          <Marked text={plainText(page.says)} />
        </p>
      </div>
      <div class="right">
        <dl class="facts">
          <Fact name={page.isHistory ? 'datatype' : 'workload'} value={setting.workload} />
          <Fact name="operations" value={page.operations.toLocaleString('en')} />
          {!page.isHistory && <Made page={page} />}
        </dl>
        <FoundHere page={page} />
      </div>
    </section>
  );
}

/** How the run was made. */
function Made({ page }: { readonly page: RunPage }) {
  const { setting } = page;
  const kinds = [...new Set(page.faults.map(({ fault }) => fault.kind))];
  const recovered = recoveredText(page.faults.length, page.recoveryMs);
  return (
    <>
      <Fact name="nodes" value={String(setting.nodes.length)} />
      <Fact name="clients" value={String(setting.options.clients)} />
      <Fact name="faults" value={kinds.length > 0 ? `${page.faults.length} (${kinds.join(', ')})` : 'none'} />
      <Fact name="cluster" value={setting.cluster} />
      <Fact name="seed" value={String(setting.seed)} />
      {recovered !== undefined && <Fact name="recovered" value={recovered} />}
    </>
  );
}

/** The kinds of anomalies found, each a link to the first of its kind. */
function FoundHere({ page }: { readonly page: RunPage }) {
  const names = [...new Set(page.anomalies.map(({ name }) => name))];
  // The only kind is told right below.
  if (names.length < 2) return null;
  return (
    <p class="found-here">
      {names.map((name) => {
        const first = page.anomalies.findIndex((told) => told.name === name);
        const count = page.found[name] ?? 1;
        return (
          <a key={name} class="chip invalid" href={`#anomaly-${first + 1}`}>
            <bdi>{name}</bdi>
            {count > 1 && ` × ${count}`}
          </a>
        );
      })}
    </p>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <bdi>{value}</bdi>
      </dd>
    </div>
  );
}
