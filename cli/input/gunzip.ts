/**
 * Gzip in pieces: nothing that was read is lost where the data
 * end too early, and nothing is made that exceeds its limit.
 */
import { createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from 'node:zlib';
import { refuseExpansion } from '../../harness/checking/limits.ts';

/** One piece of compressed data: what comes out of it is at most a thousand times as large. */
const PIECE = 16 * 1024;

/** What gzipped bytes become. `ended` is called where the data break off. */
export function gunzipped(bytes: AsyncIterable<Uint8Array>, most: number, ended: () => void): AsyncGenerator<Buffer> {
  return inflated(createGunzip(), bytes, most, ended);
}

/** The same for the bare deflated data of an archive's entry. */
export function inflatedRaw(bytes: AsyncIterable<Uint8Array>, most: number, ended: () => void): AsyncGenerator<Buffer> {
  return inflated(createInflateRaw(), bytes, most, ended);
}

async function* inflated(
  zlib: Gunzip | InflateRaw,
  bytes: AsyncIterable<Uint8Array>,
  most: number,
  ended: () => void,
): AsyncGenerator<Buffer> {
  const out: Buffer[] = [];
  let [taken, made] = [0, 0];
  let failure: NodeJS.ErrnoException | undefined;
  zlib.on('data', (chunk: Buffer) => {
    made += chunk.length;
    out.push(chunk);
  });
  zlib.on('error', (error) => {
    failure = error;
  });
  try {
    for await (const chunk of bytes)
      for (let from = 0; from < chunk.length && failure === undefined; from += PIECE) {
        const piece = chunk.subarray(from, from + PIECE);
        taken += piece.length;
        await finished(zlib, (done) => zlib.write(piece, done));
        yield* out.splice(0);
        refuseExpansion(taken, made, most);
      }
    // What has come out is handed on in turns of its own, and a failure drops what has not been.
    await new Promise((resolve) => setImmediate(resolve));
    if (failure === undefined) await finished(zlib, () => zlib.end());
    yield* out.splice(0);
    refuseExpansion(taken, made, most);
    if (failure?.code === 'Z_BUF_ERROR') ended();
    else if (failure !== undefined) throw new Error(`the compressed data are damaged (${failure.message})`);
  } finally {
    zlib.destroy();
  }
}

/** Waits until `begin` says that it is done, or the stream is closed, as it is after a failure. */
function finished(zlib: Gunzip | InflateRaw, begin: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      zlib.off('close', done);
      resolve();
    };
    zlib.once('close', done);
    begin(done);
  });
}
