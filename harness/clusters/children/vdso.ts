/**
 * Moves the clocks that a running process reads, without root, preloading or its help: its own copy of the vDSO, the
 * page through which programs ask the kernel for the time, is patched by way of /proc/PID/mem to ask and add an offset.
 * Linux on x86-64 only. Who asks the kernel without the vDSO is not deceived, and neither are timers: they keep real
 * pace.
 */
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';

/** How far the clocks of a process are ahead, in ms. */
export interface Skew {
  readonly realtimeMs: number;
  readonly monotonicMs: number;
}

/**
 * Position-independent code with its data behind it, at `SLOT`. Each entry makes the real system call and returns what
 * that returns where it failed; else it adds the offset, and carries a second where the parts of one sum up to more:
 * they never sum up to less than none, as of an offset only the seconds may be negative. In order:
 *
 *   clock_gettime (228) adds the first pair to REALTIME and REALTIME_COARSE, the last to MONOTONIC, MONOTONIC_RAW,
 *   MONOTONIC_COARSE and BOOTTIME, and nothing to other clocks;
 *   gettimeofday (96) adds the first number and the third;
 *   time (201) adds the first, whole seconds, and writes the sum also where its argument points.
 */
const CODE = Buffer.from(
  [
    'b8e40000000f0585c0755b83ff00741a83ff05741583ff01742083ff06741b83ff04741683ff077411c3',
    '488b0d8f000000488b0590000000eb0e488b0d97000000488b059800000048010e480346',
    '08483d00ca9a3b7c09482d00ca9a3b48ff064889460831c0c3',
    'b8600000000f0585c075314885ff742c488b0d4200000048010f488b0548000000480347',
    '08483d40420f007c09482d40420f0048ff074889470831c0c3',
    'b8c90000005731ff0f055f4803050a0000004885ff7403488907c390',
    '00'.repeat(40),
  ].join(''),
  'hex',
);
const ENTRIES = { clock_gettime: 0, gettimeofday: 0x67, time: 0xa4 };
/** Where the data are: realtime s, ns and us, monotonic s and ns, 8 bytes each. */
const SLOT = 0xc0;
const SLOT_BYTES = 40;
/** A jump to any place within reach of 32 bits. */
const JUMP = 0xe9;
const JUMP_BYTES = 5;

/** The memory of a process is no longer there: it ended, or became another program. */
export class GoneError extends Error {}

/** The clocks of one process, from when they were patched until it ends or becomes another program. */
export class ProcessClocks {
  private readonly memory: number;
  private readonly slot: number;

  private constructor(memory: number, slot: number) {
    this.memory = memory;
    this.slot = slot;
  }

  /**
   * Patches the process, unless that was done before. It should be stopped meanwhile, and not within the first bytes of
   * what is patched. Throws `GoneError`, or another error that says why it cannot be done on this machine.
   */
  static of(pid: number): ProcessClocks {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      throw new Error(`clocks can be moved on Linux on x64 only, not on ${process.platform} on ${process.arch}`);
    const { start, size } = placeOf(pid);
    const memory = opened(pid);
    try {
      const image = read(memory, start, size);
      const base = baseOf(image);
      const functions = symbolsOf(image);
      const entry = functions.get('clock_gettime');
      if (entry === undefined) throw new Error('this kernel’s vDSO has no clock_gettime');
      const isPatched = image[entry] === JUMP && image.subarray(base, base + SLOT).equals(CODE.subarray(0, SLOT));
      if (!isPatched) {
        write(memory, CODE, start + base);
        for (const [name, to] of Object.entries(ENTRIES)) {
          const from = functions.get(name);
          if (from !== undefined) write(memory, jump(base + to - from), start + from);
        }
      }
      return new ProcessClocks(memory, start + base + SLOT);
    } catch (error) {
      closeSync(memory);
      throw error;
    }
  }

  /** The places of a process where none of its threads may be while it is patched. */
  static entriesOf(pid: number): readonly (readonly [from: number, to: number])[] {
    const { start, size } = placeOf(pid);
    const memory = opened(pid);
    try {
      const functions = symbolsOf(read(memory, start, size));
      return Object.keys(ENTRIES).flatMap((name) => {
        const at = functions.get(name);
        return at === undefined ? [] : [[start + at, start + at + JUMP_BYTES] as const];
      });
    } finally {
      closeSync(memory);
    }
  }

  /** What the offsets are now. Throws `GoneError`. */
  get skew(): Skew {
    const data = read(this.memory, this.slot, SLOT_BYTES);
    const ms = (seconds: number, ns: number) =>
      Number(data.readBigInt64LE(seconds)) * 1000 + Number(data.readBigInt64LE(ns)) / 1e6;
    return { realtimeMs: ms(0, 8), monotonicMs: ms(24, 32) };
  }

  /** Sets the offsets. Throws `GoneError`. */
  move({ realtimeMs, monotonicMs }: Skew): void {
    const data = Buffer.alloc(SLOT_BYTES);
    const put = (ms: number, at: number) => {
      const ns = BigInt(Math.round(ms * 1e6));
      // Seconds are rounded down, so that what is left is never negative.
      const rest = ((ns % SECOND) + SECOND) % SECOND;
      data.writeBigInt64LE((ns - rest) / SECOND, at);
      data.writeBigInt64LE(rest, at + 8);
      return rest;
    };
    put(monotonicMs, 24);
    data.writeBigInt64LE(put(realtimeMs, 0) / 1000n, 16);
    write(this.memory, data, this.slot);
  }

  close(): void {
    closeSync(this.memory);
  }
}

const SECOND = 1_000_000_000n;

function placeOf(pid: number): { readonly start: number; readonly size: number } {
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8');
  if (maps === '') throw new GoneError(`process ${pid} has ended`);
  const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) .*\[vdso\]$/m.exec(maps) ?? [];
  if (from === undefined || to === undefined) throw new Error('this kernel gives processes no vDSO');
  const start = Number.parseInt(from, 16);
  return { start, size: Number.parseInt(to, 16) - start };
}

/** The descriptor is of the memory that the process has now: what comes after an exec is another one. */
function opened(pid: number): number {
  return openSync(`/proc/${pid}/mem`, 'r+');
}

function read(memory: number, at: number, bytes: number): Buffer {
  const data = Buffer.alloc(bytes);
  if (readSync(memory, data, 0, bytes, at) < bytes) throw new GoneError('the process has ended');
  return data;
}

/** Writes, and reads back: some kernels let nobody write what processes may not write themselves. */
function write(memory: number, data: Buffer, at: number): void {
  if (writeSync(memory, data, 0, data.length, at) < data.length) throw new GoneError('the process has ended');
  if (!read(memory, at, data.length).equals(data)) throw new Error('this kernel lets no process write to a vDSO');
}

function jump(by: number): Buffer {
  const code = Buffer.alloc(JUMP_BYTES, JUMP);
  code.writeInt32LE(by - JUMP_BYTES, 1);
  return code;
}

const u64 = (image: Buffer, at: number) => Number(image.readBigUInt64LE(at));

/** Where there is room for the code: behind the table of sections, which is the end of the file in memory. */
function baseOf(image: Buffer): number {
  const [table, size, count] = [u64(image, 0x28), image.readUInt16LE(0x3a), image.readUInt16LE(0x3c)];
  const base = (table + size * count + 7) & ~7;
  if (base + CODE.length > image.length) throw new Error('this kernel’s vDSO has no room left');
  return base;
}

const PT_DYNAMIC = 2;
const DT_STRTAB = 5;
const DT_SYMTAB = 6;

/** Where the vDSO's functions are, by their names without `__vdso_`. */
function symbolsOf(image: Buffer): ReadonlyMap<string, number> {
  const [headers, count] = [u64(image, 0x20), image.readUInt16LE(0x38)];
  const dynamic = Array.from({ length: count }, (_, i) => headers + i * 56).find(
    (at) => image.readUInt32LE(at) === PT_DYNAMIC,
  );
  if (dynamic === undefined) throw new Error('this kernel’s vDSO names no functions');
  const [at, size] = [u64(image, dynamic + 8), u64(image, dynamic + 32)];
  const entries = new Map(
    Array.from({ length: size / 16 }, (_, i) => [u64(image, at + i * 16), u64(image, at + i * 16 + 8)]),
  );
  const [symbols, strings] = [entries.get(DT_SYMTAB) ?? 0, entries.get(DT_STRTAB) ?? 0];
  const found = new Map<string, number>();
  // The names follow the symbols.
  for (let symbol = symbols; symbol + 24 <= strings; symbol += 24) {
    const from = strings + image.readUInt32LE(symbol);
    const name = image.toString('latin1', from, image.indexOf(0, from));
    if (name.startsWith('__vdso_')) found.set(name.slice('__vdso_'.length), u64(image, symbol + 8));
  }
  return found;
}
