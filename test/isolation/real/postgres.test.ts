/** PostgreSQL's levels as they are known to be, a driver that weakens one, and what is left behind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Postgres } from '../../../databases/wire/postgres.ts';
import { judgeClaims } from '../../../isolation/claims.ts';
import { COLUMNS } from '../../../isolation/columns.ts';
import { standsAlone } from '../../../isolation/judge-round.ts';
import { measure } from '../../../isolation/measure.ts';
import { measurementPage } from '../../../isolation/page.ts';
import type { LevelResult, Measurement } from '../../../isolation/result.ts';
import { type Server, startServer } from '../../../isolation/servers.ts';
import { openPostgres, postgresKind, postgresLevels } from '../../../isolation/stores/postgres.ts';
import { postgresAddress } from '../../../isolation/stores/postgres-url.ts';
import { tableMarkdown, tableText, witnessesText } from '../../../isolation/text.ts';
import { isServerMissing, POSTGRES } from '../../databases/real/needs.ts';

/** Hermitage's rows of PostgreSQL (README at 000346f): what each level does not prevent. */
const HERMITAGE: Readonly<Record<string, readonly string[]>> = {
  'read committed': ['PMP', 'P4', 'G-single', 'G2-item', 'G2'],
  'repeatable read': ['G2-item', 'G2'],
  serializable: [],
};

const seenAt = ({ cells }: LevelResult) => cells.filter(({ state }) => state === 'seen').map(({ column }) => column);

describe.skipIf(isServerMissing('postgres', { postgres: POSTGRES }))('PostgreSQL', () => {
  let server: Server;
  let url: URL;
  let measurement: Measurement;
  beforeAll(async () => {
    server = await startServer('postgres', { postgres: POSTGRES });
    url = new URL(server.url);
    const store = await openPostgres(postgresAddress(url));
    measurement = await measure({ store, seed: 1, searchMs: 1000, connections: 8, times: 2 }).finally(() =>
      store.close(),
    );
  });
  afterAll(() => server?.end());

  it('has the levels that Hermitage found', () => {
    const found = Object.fromEntries(measurement.levels.map((level) => [level.name, seenAt(level)]));
    expect(found).toEqual({ 'read uncommitted': HERMITAGE['read committed'], ...HERMITAGE });
  });

  it('keeps the models that they are', () => {
    expect(Object.fromEntries(measurement.levels.map(({ name, strongest }) => [name, strongest]))).toEqual({
      'read uncommitted': ['monotonic-atomic-view'],
      'read committed': ['monotonic-atomic-view'],
      'repeatable read': ['strong-snapshot-isolation'],
      serializable: ['strict-serializable'],
    });
  });

  it('says how each anomaly was prevented that was not seen, and judges every column', () => {
    for (const { cells } of measurement.levels) {
      expect(cells.map(({ column }) => column)).toEqual(COLUMNS);
      for (const { state, by = [], transactions } of cells) {
        expect(state).toMatch(/^(seen|prevented|not seen)$/);
        if (state === 'prevented') expect(by.length).toBeGreaterThan(0);
        expect(transactions).toBeGreaterThan(0);
      }
    }
    const cell = (level: number, column: string) =>
      measurement.levels[level]?.cells.find((one) => one.column === column);
    expect(cell(1, 'G0')?.by).toContain('wait');
    expect(cell(2, 'P4')?.by).toEqual(['abort']);
    expect(cell(2, 'PMP')?.by).toEqual(['snapshot']);
  });

  it('shows each anomaly by its transactions alone', () => {
    const witnesses = measurement.levels.flatMap(({ cells }) =>
      cells.flatMap(({ witness, column }) => (witness ? [{ witness, column }] : [])),
    );
    expect(witnesses.length).toBe(12);
    for (const { witness, column } of witnesses) {
      const txns = witness.recorded.outcomes.map((_, txn) => txn);
      expect(txns.length).toBeLessThanOrEqual(3);
      expect(standsAlone(witness.recorded, { column, txns }), column).toBe(true);
    }
  });

  it('writes the password nowhere', () => {
    const page = measurementPage(measurement, 'splitbrain isolation');
    const texts = [
      JSON.stringify(measurement),
      page,
      tableText(measurement),
      tableMarkdown(measurement),
      witnessesText(measurement),
    ];
    expect(url.password.length).toBeGreaterThan(10);
    for (const text of texts) expect(text).not.toContain(url.password);
    expect(page).toContain('<svg');
    expect(page).not.toContain('<script');
  });

  it('finds out a driver that asks for read committed where it says serializable', async () => {
    const begin = postgresLevels.find(({ name }) => name === 'read committed')!.begin;
    const weakened = postgresLevels.filter(({ name }) => name === 'serializable').map((level) => ({ ...level, begin }));
    const store = await openPostgres(postgresAddress(url), weakened);
    const found = await measure({ store, seed: 1, searchMs: 0, connections: 4 }).finally(() => store.close());
    const { refuted } = judgeClaims(found, [{ level: 'serializable', model: 'serializable' }]);
    expect(refuted.join()).toMatch(
      /serializable is claimed to be serializable: refuted; seen: PMP, P4, G-single, G2-item, G2/,
    );
  });

  it('leaves nothing, and removes what a killed run has left but not what a living one uses', async () => {
    const schemas = () =>
      Postgres.connect(postgresAddress(url)).then(async (sql) => {
        const { rows } = await sql.query("select nspname from pg_namespace where nspname like 'splitbrain%'");
        sql.close();
        return rows.length;
      });
    expect(await schemas()).toBe(0);
    const left = await Postgres.connect(postgresAddress(url));
    await left.query('create schema splitbrain_0123456789abcdef');
    await left.query('create schema splitbrain_of_somebody_else');
    left.close();
    const living = await openPostgres(postgresAddress(url));
    expect(await postgresKind.clean(url)).toEqual(['splitbrain_0123456789abcdef']);
    expect(await schemas()).toBe(2);
    await living.close();
    expect(await schemas()).toBe(1);
  });
});
