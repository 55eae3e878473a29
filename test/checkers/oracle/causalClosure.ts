/**
 * The causal models of registers by closures of boolean matrices: the bad patterns
 * of Bouajjani, Enea, Guerraoui and Hamza, "On Verifying Causal Consistency", POPL 2017,
 * literally. Cubic, so for histories of a hundred operations or so; all of them `ok`.
 */

import type { History, Register } from 'elle-ts';

type Matrix = Uint8Array[];

interface Steps {
  readonly count: number;
  readonly session: readonly number[];
  readonly key: readonly string[];
  /** The step read from, -1 for the initial value, null where nothing is read. */
  readonly from: readonly (number | null)[];
  readonly writes: readonly boolean[];
}

/** Which of the models the history satisfies. Written values must be unique, and read values written or `null`. */
export function byClosure(history: History<Register>): Record<'causal' | 'CC' | 'CM' | 'PRAM', boolean> {
  const steps = stepsOf(history);
  const so = matrix(steps.count, (a, b) => a < b && steps.session[a] === steps.session[b]);
  const co = closed(matrix(steps.count, (a, b) => so[a]![b] === 1 || steps.from[b] === a));
  const pram = views(steps, (s) =>
    matrix(steps.count, (a, b) => so[a]![b] === 1 || (steps.from[b] === a && steps.session[b] === s)),
  );
  if (cyclic(co)) return { causal: false, CC: false, CM: false, PRAM: pram };
  const conflicts: [number, number][] = [];
  let initial = false;
  let stale = false;
  eachRead(steps, (r, w2) => {
    eachOther(steps, r, w2, (w1) => {
      if (!co[w1]![r]) return;
      if (w2 < 0) initial = true;
      else {
        conflicts.push([w1, w2]);
        if (co[w2]![w1]) stale = true;
      }
    });
  });
  const convergent = co.map((row) => row.slice());
  for (const [a, b] of conflicts) convergent[a]![b] = 1;
  return {
    CC: !initial && !stale,
    causal: !initial && !cyclic(closed(convergent)),
    CM: views(steps, (s) => causalView(steps, co, s)),
    PRAM: pram,
  };
}

function causalView(steps: Steps, co: Matrix, s: number): Matrix {
  const last = steps.session.lastIndexOf(s);
  return matrix(steps.count, (a, b) => co[a]![b] === 1 && (b === last || co[b]![last] === 1));
}

/**
 * For each session: its happens-before, closed under the rule for its own
 * reads, has no cycle and no write before a read of the initial value.
 */
function views(steps: Steps, base: (s: number) => Matrix): boolean {
  return [...new Set(steps.session)].every((s) => {
    const hb = closed(base(s));
    for (let grown = true; grown; ) {
      grown = false;
      let stale = false;
      eachRead(steps, (r, w2) => {
        if (steps.session[r] !== s) return;
        eachOther(steps, r, w2, (w1) => {
          if (!hb[w1]![r]) return;
          if (w2 < 0) stale = true;
          else if (!hb[w1]![w2]) {
            hb[w1]![w2] = 1;
            grown = true;
          }
        });
      });
      closed(hb);
      if (stale || cyclic(hb)) return false;
    }
    return true;
  });
}

function eachRead(steps: Steps, visit: (r: number, from: number) => void): void {
  for (const [r, from] of steps.from.entries()) if (from !== null) visit(r, from);
}

/** The writes of the key of read `r` but the one it read, and itself. */
function eachOther(steps: Steps, r: number, from: number, visit: (w: number) => void): void {
  for (let w = 0; w < steps.count; w++) {
    if (steps.writes[w] && steps.key[w] === steps.key[r] && w !== from && w !== r) visit(w);
  }
}

function stepsOf(history: History<Register>): Steps {
  const operations = [...history];
  const writer = new Map<string, number>();
  for (const [i, o] of operations.entries()) {
    if (o.f !== 'read') writer.set(`${o.key} ${o.f === 'cas' ? o.input[1] : o.input}`, i);
  }
  return {
    count: operations.length,
    session: operations.map((o) => o.process),
    key: operations.map((o) => o.key ?? ''),
    writes: operations.map((o) => o.f !== 'read'),
    from: operations.map((o) => {
      if (o.f === 'write') return null;
      const seen = o.f === 'cas' ? o.input[0] : o.outcome.type === 'ok' ? o.outcome.output : null;
      return seen === null ? -1 : (writer.get(`${o.key} ${seen}`) as number);
    }),
  };
}

function matrix(n: number, at: (a: number, b: number) => boolean): Matrix {
  return Array.from({ length: n }, (_, a) => Uint8Array.from({ length: n }, (_, b) => (at(a, b) ? 1 : 0)));
}

function closed(m: Matrix): Matrix {
  for (let k = 0; k < m.length; k++) {
    for (const row of m) {
      if (row[k] === 0) continue;
      for (let j = 0; j < m.length; j++) row[j]! |= m[k]![j]!;
    }
  }
  return m;
}

function cyclic(m: Matrix): boolean {
  return m.some((row, i) => row[i] === 1);
}
