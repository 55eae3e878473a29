/** Gzip in a page: what was read is not lost where the data end too early. */
import { refuseExpansion } from '../../harness/checking/limits.ts';

const PIECE = 256 * 1024;

/** As InputOptions of harness/checking/input-file.ts. */
export async function* gunzipped(
  bytes: AsyncIterable<Uint8Array>,
  most: number,
  ended: () => void,
): AsyncGenerator<Uint8Array> {
  const stream = new DecompressionStream('gzip');
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  let [taken, made] = [0, 0];
  let waiting: Promise<Read> | undefined;
  /** Reads until everything that was written has come out: what has not, would be lost with an error that follows. */
  async function* out(written: Promise<unknown>): AsyncGenerator<Uint8Array> {
    for (;;) {
      waiting ??= reader.read().then(
        (result) => result,
        (error: unknown) => ({ error }),
      );
      const next = await Promise.race([waiting, written.then(nextTurn)]);
      if (next === undefined) return;
      waiting = undefined;
      if ('error' in next) throw new Error(`the compressed data are damaged (${textOf(next.error)})`);
      if (next.value === undefined) return;
      made += next.value.length;
      yield next.value;
      refuseExpansion(taken, made, most);
    }
  }
  try {
    for await (const chunk of bytes)
      for (let from = 0; from < chunk.length; from += PIECE) {
        const piece = chunk.slice(from, from + PIECE);
        taken += piece.length;
        yield* out(writer.write(piece).catch(() => undefined));
      }
    // Whatever is wrong only now is an end that came too early.
    let broke = false;
    const closed = writer.close().catch(() => {
      broke = true;
    });
    await closed;
    if (broke) ended();
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

type Read = { readonly value?: Uint8Array | undefined } | { readonly error: unknown };

function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined)));
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}
