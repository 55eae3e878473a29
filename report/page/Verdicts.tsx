import { VERDICT_WORDS } from '../../harness/judging/verdict-words.ts';
import type { Judged, RunPage } from './data.ts';

const SIGNS = { valid: '✓', invalid: '✗', unknown: '?' } as const;

/** What was claimed, what was judged, and what makes it count. */
export function Verdicts({ page }: { readonly page: RunPage }) {
  return (
    <div class="columns">
      {!page.isHistory && <Claims page={page} />}
      <section aria-labelledby="models-title">
        <h2 id="models-title">Models</h2>
        {page.strongest.length > 0 && (
          <p class="strongest">
            Strongest that held: <b>{page.strongest.join(', ')}</b>
          </p>
        )}
        <ul class="signs">
          {[...page.checkers].sort(worstFirst).map((judged) => (
            <li key={judged.name} class={judged.type}>
              <Sign type={judged.type} />
              <div>
                <b>{judged.name}</b>
                {judged.type === 'invalid' &&
                  !page.isHistory &&
                  ` ${judged.anomalies} ${judged.anomalies === 1 ? 'anomaly' : 'anomalies'}`}
                {judged.reason && <p class="why">{judged.reason}</p>}
              </div>
            </li>
          ))}
        </ul>
      </section>
      {!page.isHistory && (
        <section aria-labelledby="evidence-title">
          <h2 id="evidence-title">Evidence</h2>
          <Evidence evidence={page.evidence} />
          {page.evidence.length === 0 && <p>No evidence was collected.</p>}
        </section>
      )}
      <Protocol protocol={page.protocol} />
    </div>
  );
}

/** What the system claims, and what became of each claim. */
function Claims({ page }: { readonly page: RunPage }) {
  return (
    <section aria-labelledby="claims-title">
      <h2 id="claims-title">Claims</h2>
      {page.claims.length === 0 && <p>This system claims nothing.</p>}
      <ul class="signs">
        {page.claims.map(({ claim, verdict }) => (
          <li key={`${claim.model}${claim.under}`} class={verdict.type}>
            <Sign type={verdict.type} />
            <div>
              <b>{claim.model}</b> under {claim.under.length > 0 ? claim.under.join(', ') : 'no faults'}
              {verdict.type === 'unknown' && <p class="why">{verdict.reason}</p>}
              <p class="why">
                {AVAILABLE[claim.available]}, {DURABLE[claim.durable]}
                {claim.converges ? ', replicas converge' : ''}
                {claim.answered === undefined ? '' : `, ${claim.answered * 100}% of calls are answered`}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a program did that its protocol does not have: the first of each sort and node in words, all counted. */
function Protocol({ protocol }: { readonly protocol: RunPage['protocol'] }) {
  if (protocol.length === 0) return null;
  return (
    <section aria-labelledby="protocol-title">
      <h2 id="protocol-title">Protocol</h2>
      <ul class="signs">
        {protocol.map(({ node, sort, says, times }) => (
          <li key={`${node} ${sort}`} class="unknown">
            <Sign type="unknown" words="not as the protocol says" />
            <div>
              <b>
                {node}: {sort}
              </b>{' '}
              {times} {times === 1 ? 'time' : 'times'}
              {says.map((one) => (
                <p key={one} class="why">
                  {one}
                </p>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What is missing, in full; what is there, folded, since there is much of it. */
function Evidence({ evidence }: { readonly evidence: RunPage['evidence'] }) {
  const missing = evidence.filter(({ enough }) => !enough);
  const there = evidence.filter(({ enough }) => enough);
  return (
    <>
      <Items evidence={missing} />
      {there.length > 0 && (
        <details open={there.length <= 4}>
          <summary>
            {missing.length === 0
              ? `Evidence sufficient (${there.length}/${there.length})`
              : `${there.length} other items sufficient`}
          </summary>
          <Items evidence={there} />
        </details>
      )}
    </>
  );
}

function Items({ evidence }: { readonly evidence: RunPage['evidence'] }) {
  return (
    <ul class="signs">
      {evidence.map(({ says, enough }) => (
        <li key={says} class={enough ? 'valid' : 'unknown'}>
          <Sign type={enough ? 'valid' : 'unknown'} words={enough ? 'sufficient' : 'insufficient'} />
          <div>{says}</div>
        </li>
      ))}
    </ul>
  );
}

const AVAILABLE = {
  total: 'available at every node',
  majority: "available on a majority's side",
  'primary-side': "available on the primary's side",
  none: 'no availability claim',
} as const;
const DURABLE = {
  always: 'acknowledged writes are durable',
  majority: 'acknowledged writes are durable while a majority of disks is',
  no: 'no durability claim',
} as const;
const ORDER = { invalid: 0, unknown: 1, valid: 2 } as const;

function worstFirst(a: Judged, b: Judged): number {
  return ORDER[a.type] - ORDER[b.type];
}

function Sign({ type, words }: { readonly type: keyof typeof SIGNS; readonly words?: string }) {
  return (
    <span class="sign">
      <span aria-hidden="true">{SIGNS[type]}</span>
      <span class="hidden">{words ?? VERDICT_WORDS[type]}: </span>
    </span>
  );
}
