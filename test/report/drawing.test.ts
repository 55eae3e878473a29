import { type Anomaly, historyOf, judge, type Operation, type Verdict } from 'elle-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dotOf } from '../../report/dot.ts';
import { drawingOf } from '../../report/drawing.ts';
import { packHistory } from '../../report/packed.ts';
import type { Told } from '../../report/page/data.ts';
import { ringOf } from '../../report/page/ring.ts';
import type { Run } from '../../report/page/run.ts';
import { unpackOperations } from '../../report/page/unpack.ts';
import { svgOf } from '../../report/svg.ts';
import { toldAnomalies } from '../../report/told.ts';
import { calmSample } from './sample.ts';

const txn = (process: number, start: number, end: number, ...output: unknown[]): Operation =>
  ({
    process,
    f: 'txn',
    input: output,
    start,
    end,
    startNs: start,
    endNs: end,
    outcome: { type: 'ok', output },
  }) as unknown as Operation;

/** Write skew, seen by a third that only witnesses; and a read of what a failed transaction appended. */
const history = historyOf([
  txn(0, 0, 4, ['r', 'x', []], ['append', 'y', 1]),
  txn(1, 1, 5, ['r', 'y', []], ['append', 'x', 2]),
  txn(0, 6, 7, ['r', 'x', [2]], ['r', 'y', [1]]),
  { ...txn(2, 8, 9), input: [['append', 'z', 3]], outcome: { type: 'fail', error: 'aborted' } } as unknown as Operation,
  txn(3, 10, 11, ['r', 'z', [3]]),
]);

/** What a report tells of these anomalies. */
function told(anomalies: readonly Anomaly[]): readonly Told[] {
  const [first, ...rest] = anomalies as [Anomaly, ...Anomaly[]];
  const verdict: Verdict = { type: 'invalid', anomalies: [first, ...rest] };
  return toldAnomalies({ ...calmSample(8).result, claims: [], checkers: { serializable: verdict } });
}

const { anomalies } = judge(history, { type: 'list-append', model: 'serializable' });
const skew = told(anomalies).find(({ name }) => name === 'G2-item') as Told;
const aborted = told(anomalies).find(({ name }) => name === 'G1a') as Told;

async function runOf(): Promise<Run> {
  const ops = await unpackOperations(packHistory(history, new Int32Array(history.length)).toString('base64'));
  return { ops } as Run;
}

describe('the ring of an anomaly', () => {
  it('has the edges that the anomaly carries', async () => {
    expect(ringOf(await runOf(), skew)).toEqual({
      nodes: [
        { start: 0, label: 'r x = [], append y 1' },
        { start: 1, label: 'r y = [], append x 2' },
      ],
      edges: skew.cycle?.map(({ why }) => ({ reason: 'rw: read before overwritten', says: why })),
    });
  });

  it('is none where it carries none, as many steps and operations as there are', async () => {
    const run = await runOf();
    expect(aborted.steps.length).toBe(aborted.operations.length);
    expect(ringOf(run, aborted)).toBeUndefined();
    expect(ringOf(run, { ...skew, cycle: null })).toBeUndefined();
  });

  it('is none where an operation is not in the history', async () => {
    const edges = skew.cycle ?? [];
    const elsewhere = edges.map((edge) => ({ ...edge, from: edge.from + 1000, to: edge.to + 1000 }));
    expect(ringOf(await runOf(), { cycle: elsewhere })).toBeUndefined();
  });
});

describe('an anomaly as DOT and as SVG', () => {
  it('has an edge of the cycle each, and what only witnesses has none', () => {
    const edge = { ...(skew.cycle?.[0] as NonNullable<Told['cycle']>[number]), via: [6] };
    const drawing = drawingOf(history, {
      ...skew,
      operations: [0, 1, 6],
      cycle: [edge, ...(skew.cycle ?? []).slice(1)],
    });
    expect(dotOf(drawing)).toBe(`digraph anomaly {
  label="G2-item: ${skew.message}";
  labelloc=t;
  node [shape=box, style=rounded];
  op0 [label="T1, operation 0\\nr x = [], append y 1 (process 0)"];
  op1 [label="T2, operation 1\\nr y = [], append x 2 (process 1)"];
  op6 [label="operation 6\\nr x = [2], r y = [1] (process 0)", style="rounded,dashed"];
  op0 -> op1 [label="rw: read before overwritten, x", tooltip="${skew.cycle?.[0]?.why}"];
  op1 -> op0 [label="rw: read before overwritten, y", tooltip="${skew.cycle?.[1]?.why}"];
}
`);
    const svg = svgOf(drawing);
    expect(svg.match(/marker-end/g)).toHaveLength(2);
    expect(svg).toContain('>operation 6: r x = [2], r y = [1] (process 0)<');
  });

  it('draws no edge where there is no cycle', () => {
    const drawing = drawingOf(history, aborted);
    expect(drawing.nodes.map(({ name }) => name)).toEqual(['operation 8', 'operation 10']);
    expect(dotOf(drawing)).not.toContain('->');
    expect(svgOf(drawing)).not.toContain('<path');
    expect(svgOf(drawing)).toContain('operation 8 appended 3 to z and failed');
  });

  it('shows what came from a history as text, whatever it is', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '"]; x [URL="javascript:0',
        '</text><script>alert(1)</script>',
        '\\',
        '\u202e\u0000\ud800',
        '&lt;',
        'x😀'.repeat(90),
      ),
    );
    fc.assert(
      fc.property(text, text, (key, why) => {
        const hostile = historyOf([txn(0, 0, 1, ['r', key, [key]]), txn(1, 2, 3, ['append', key, key])]);
        const edge = { from: 0, to: 2, kind: 'rw' as const, key, why };
        const cycle = [edge, { ...edge, from: 2, to: 0 }];
        const anomaly: Anomaly = { name: key, message: why, steps: [why], operations: [0, 2], cycle };
        const drawing = drawingOf(hostile, told([anomaly])[0] as Told);
        expect(isDot(dotOf(drawing))).toBe(true);
        expect(isXml(svgOf(drawing))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

/** Every line is a statement whose strings end where they should, of characters that can be seen. */
function isDot(text: string): boolean {
  const strings = text.replace(/"(?:[^"\\]|\\["\\n])*"/g, '""');
  return (
    /^digraph anomaly \{\n(?: {2}[\w -]*(?:=\w+|=""|\[[\w=", ]*\])?(?: -> \w+ \[[\w=", ]*\])?;\n)*\}\n$/.test(
      strings,
    ) && isVisible(text)
  );
}

/** Tags of ours alone, closed in order, and entities where a character would be one. */
function isXml(text: string): boolean {
  const open: string[] = [];
  const rest = text.replace(/<(\/?)(\w+)((?: [\w:-]+="[^"<&]*")*)(\/?)>/g, (_, closes, name, __, empty) => {
    if (closes) return open.pop() === name ? '' : '<';
    if (!empty) open.push(name);
    return '';
  });
  return open.length === 0 && !/[<>]|&(?!(?:amp|lt|gt|quot|#39);)/.test(rest) && isVisible(text);
}

/** Lines of characters that can be seen. */
function isVisible(text: string): boolean {
  return text.split('\n').every((line) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/u.test(line));
}
