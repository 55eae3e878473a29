/**
 * Draws the faults of a run before it begins: one drawer for all clusters.
 * Lengths are log-uniform, so that short faults are tried as well as long ones.
 */
import { drawBeats } from './beats.ts';
import { faultNames } from './draw.ts';
import type { Occasion, Schedule } from './occasion.ts';
import { drawStorm } from './storm.ts';

/** Draws a schedule. Pure, but for the streams that it draws from. */
export function drawSchedule(occasion: Occasion): Schedule {
  const names = faultNames(occasion.names);
  if (names.length === 0) return { faults: [], leftOut: [] };
  if (occasion.rhythm.name !== 'storm') return drawBeats({ ...occasion, names });
  return { faults: drawStorm(occasion.draw, names, occasion.scene, occasion.rhythm, occasion.own), leftOut: [] };
}
