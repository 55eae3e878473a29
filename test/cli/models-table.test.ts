/** The table of models: every pair has a history, an arrow or a proof, and every history is judged again. */
import { readFileSync } from 'node:fs';
import { type Datatype, weakerOf } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { historyFrom, type ModelTable, relationOf, severalModels, type Told } from '../../cli/models-table.ts';
import { judgeEach, piecesOf, tellApart } from '../checkers/canonical/pairs.ts';

const table: ModelTable = JSON.parse(readFileSync(new URL('../../models.json', import.meta.url), 'utf8'));

it('has every datatype that is judged against several models', () => {
  expect(Object.keys(table).sort()).toEqual(severalModels.map(({ name }) => name).sort());
});

/** How many parts of the enumeration are looked through here: `npm run models` looks through all. */
const QUICK: Readonly<Record<string, number>> = { 'list-append': 1, 'rw-register': 1 };

function pairsOf({ models }: Datatype): (readonly [string, string])[] {
  const names = Object.keys(models);
  return names.flatMap((a) => names.filter((b) => b !== a).map((b) => [a, b] as const));
}

/** What a history of the table says that the models do not, each judged by its own test. */
function wrongIn(datatype: Datatype, { operations, apart }: Told['histories'][number]): string[] {
  const said = judgeEach(datatype)(historyFrom(operations), Object.keys(datatype.models));
  const pairs = Object.entries(apart).flatMap(([allows, forbids]) => forbids.map((one) => [allows, one] as const));
  return pairs
    .filter(([a, b]) => said[a] !== true || said[b] !== false || weakerOf(datatype, a).includes(b))
    .map(([a, b]) => `${a}, not ${b}: ${JSON.stringify(operations)}`);
}

describe.each(severalModels.map((datatype) => [datatype.name, datatype] as const))(
  'the models of %s',
  (name, datatype) => {
    it('are told apart by a history, an arrow or a proof, each pair', () => {
      const open = pairsOf(datatype).filter(([a, b]) => relationOf(table, datatype, a, b) === undefined);
      expect(open).toEqual([]);
    });

    it('say of each history what the table says', () => {
      expect((table[name]?.histories ?? []).flatMap((one) => wrongIn(datatype, one))).toEqual([]);
    });

    it('have no smaller history among the smallest, and no arrow that one of them contradicts', () => {
      const { witnesses, contradictions } = tellApart(datatype, piecesOf(name).slice(0, QUICK[name] ?? 2), () => {});
      expect(contradictions).toEqual([]);
      for (const [pair, { history }] of witnesses) {
        const [allows, forbids] = pair.split(' ') as [string, string];
        const relation = relationOf(table, datatype, allows, forbids);
        expect(relation?.by, pair).toBe('history');
        if (relation?.by === 'history') expect(relation.history.length, pair).toBeLessThanOrEqual(history.length);
      }
    });
  },
);
