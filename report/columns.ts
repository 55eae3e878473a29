import { type History, NEVER_COLUMN, type Staleness, staleness } from 'elle-ts';
import { joined } from '../harness/checking/bytes.ts';
import type { PackedNames } from './page/data.ts';

/** A value longer than this is cut: a report shows it, the history keeps it. */
const LONGEST_VALUE = 2_000;
const ROWS_A_BATCH = 8_192;

/**
 * A history as bytes: names as JSON, then each column as variable-length integers of small differences, then every
 * input and output as a line of JSON, empty for null. `unpack.ts` of the page reads them back.
 */
export function historyBytes(history: History, workers: Int32Array): Uint8Array<ArrayBuffer> {
  const { columns } = history;
  const errors = new Map<string, number>();
  const bytes = new Bytes();
  const length = columns.length;
  const startNs = columns.startNs;
  for (let row = 0; row < length; row++) bytes.signed(columns.process[row]!);
  for (let row = 0, last = 0; row < length; row++) {
    bytes.signed(columns.start[row]! - last);
    last = columns.start[row]!;
  }
  for (let row = 0; row < length; row++) {
    const end = columns.end[row]!;
    bytes.unsigned(end === NEVER_COLUMN ? 0 : Math.max(1, end - columns.start[row]!));
  }
  for (let row = 0; row < length; row++) bytes.unsigned(columns.type[row]!);
  for (let row = 0; row < length; row++) bytes.unsigned(columns.f[row]!);
  for (let row = 0; row < length; row++) bytes.unsigned(columns.key[row]! + 1);
  for (let row = 0; row < length; row++) bytes.unsigned(columns.node[row]! + 1);
  for (let row = 0, last = 0; row < length; row++) {
    const at = Math.round(finite(startNs[row]!));
    bytes.signed(at - last);
    last = at;
  }
  for (let row = 0; row < length; row++) bytes.unsigned(duration(startNs[row]!, columns.endNs[row]!));
  for (let row = 0; row < length; row++) {
    const error = columns.error.get(row);
    bytes.unsigned(error === undefined ? 0 : placeOf(errors, shortened(error)));
  }
  for (let row = 0; row < length; row++) bytes.unsigned(workers[row]! + 1);
  const stale = staleness(history);
  const ages = agesByRow(history, stale);
  for (let row = 0; row < length; row++) bytes.unsigned(ages[row]!);
  const names: PackedNames = {
    length,
    reads: stale ? stale.reads : null,
    fNames: columns.fNames.slice(),
    keyNames: columns.keyNames.map(shortened),
    nodeNames: columns.nodeNames.slice(),
    errors: [...errors.keys()],
  };
  const head = encoder.encode(`${JSON.stringify(names)}\n${bytes.length}\n`);
  return joined([head, bytes.taken(), ...valueLines(history)]);
}

const encoder = new TextEncoder();

/** By row: 0 where nothing proves a read stale, else its age in microseconds and one. */
function agesByRow({ columns }: History, stale: Staleness | undefined): Float64Array {
  const ages = new Float64Array(columns.length);
  if (!stale) return ages;
  const { starts, agesNs, versionCounts } = stale;
  for (let read = 0, row = 0; read < starts.length; read++) {
    while (columns.start[row] !== starts[read]) row++;
    if (versionCounts[read]! > 0) ages[row] = Math.round(agesNs[read]! / 1000) + 1;
  }
  return ages;
}

/** A value as a report shows it: JSON, cut where it is long. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = String(value);
  }
  return shortened(text);
}

function shortened(text: string): string {
  if (text.length <= LONGEST_VALUE) return text;
  return `${text.slice(0, LONGEST_VALUE)} … (${text.length} characters)`;
}

function valueLines({ columns }: History): Uint8Array[] {
  const batches: Uint8Array[] = [];
  for (let from = 0; from < columns.length; from += ROWS_A_BATCH) {
    let lines = '';
    const to = Math.min(columns.length, from + ROWS_A_BATCH);
    for (let row = from; row < to; row++) {
      lines += `${valueText(columns.input[row])}\n${valueText(columns.output[row])}\n`;
    }
    batches.push(encoder.encode(lines));
  }
  return batches;
}

/** Nanoseconds and one; 0 for an operation whose end is not known. */
function duration(startNs: number, endNs: number): number {
  return Number.isFinite(endNs) ? Math.max(0, Math.round(endNs - finite(startNs))) + 1 : 0;
}

function finite(number: number): number {
  return Number.isFinite(number) ? number : 0;
}

function placeOf(places: Map<string, number>, text: string): number {
  let place = places.get(text);
  if (place === undefined) {
    place = places.size + 1;
    places.set(text, place);
  }
  return place;
}

/** Bytes that grow, and integers below 2^53 in seven bits a byte, the least significant first. */
class Bytes {
  length = 0;
  private bytes = new Uint8Array(1 << 16);

  unsigned(value: number): void {
    if (this.length + 8 > this.bytes.length) {
      const wider = new Uint8Array(this.bytes.length * 2);
      wider.set(this.bytes);
      this.bytes = wider;
    }
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }

  signed(value: number): void {
    this.unsigned(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  taken(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
