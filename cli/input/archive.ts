/** Archives, whose entries are files: nothing is written to disk. */
import { crc32 } from 'node:zlib';
import { InputFile } from '../../harness/checking/input-file.ts';
import { gunzipped, inflatedRaw } from './gunzip.ts';

/** An entry of an archive. */
export interface Entry {
  /** Its path in the archive, with slashes. */
  readonly path: string;
  /** Its bytes as they are in the archive. */
  readonly stored: Buffer;
  /** Whether they are deflated. */
  readonly deflated: boolean;
  /** What its bytes become has this checksum, where the archive has one. */
  readonly checksum?: number;
}

/** The file that an entry is; `archive` is the path of its archive. */
export function entryFile(archive: string, { path, stored, deflated, checksum }: Entry, expansion: number): InputFile {
  const bytes = async function* (): AsyncGenerator<Buffer> {
    if (stored.length > 0) yield stored;
  };
  const unpacked = async function* (): AsyncGenerator<Buffer> {
    let sum = 0;
    const pieces = inflatedRaw(bytes(), expansion, () => {
      throw new Error(`${path} is cut off in its archive`);
    });
    for await (const piece of pieces) {
      sum = crc32(piece, sum);
      yield piece;
    }
    if (checksum !== undefined && sum !== checksum) throw new Error(`${path} is damaged in its archive`);
  };
  return new InputFile(`${archive}/${path}`, deflated ? unpacked : bytes, { gunzip: gunzipped, expansion });
}
