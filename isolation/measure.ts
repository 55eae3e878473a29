/** Measures all levels of a store, one after the other. */
import { Groups, type Measuring, measureLevel } from './level.ts';
import type { LevelResult, Measurement } from './result.ts';

export type MeasuringAll = Omit<Measuring, 'level' | 'groups'> & {
  /** Names of levels; all of them where none is named. */
  readonly only?: readonly string[];
  readonly tell?: (level: string, at: number, of: number) => void;
};

/** Measures the levels of a store. Rejects with what ended it where the signal says so. */
export async function measure({ only = [], tell, ...rest }: MeasuringAll): Promise<Measurement> {
  const { store, seed } = rest;
  const groups = new Groups(store);
  const wanted = store.levels.filter(({ name }) => only.length === 0 || only.includes(name));
  const levels: LevelResult[] = [];
  for (const level of wanted) {
    tell?.(level.name, levels.length + 1, wanted.length);
    levels.push(await measureLevel({ ...rest, level, groups }));
  }
  return { isolation: 1, database: store.version, notes: store.notes, seed, levels };
}
