import type { Entry } from './archive.ts';

const [END_OF_DIRECTORY, ENTRY] = [0x06054b50, 0x02014b50];

/**
 * The entries of a zip file, by its directory at the end. Throws where
 * it is damaged, encrypted, or packed in another way than by deflating.
 */
export function zipEntries(zip: Buffer): Entry[] {
  const end = endOfDirectory(zip);
  const entries: Entry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== ENTRY) throw damaged();
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const path = zip.toString('utf8', at + 46, at + 46 + name);
    if (!path.endsWith('/')) entries.push(zipEntry(zip, at, path));
    at += 46 + name + extra + comment;
  }
  return entries;
}

/** Where the record is that ends the file; a comment of up to 64 kB may follow. */
function endOfDirectory(zip: Buffer): number {
  for (let at = zip.length - 22; at >= 0 && at >= zip.length - 22 - 0xffff; at--)
    if (zip.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  throw new Error('the zip file has no directory at its end: it is cut off');
}

function zipEntry(zip: Buffer, at: number, path: string): Entry {
  const flags = zip.readUInt16LE(at + 8);
  const method = zip.readUInt16LE(at + 10);
  const checksum = zip.readUInt32LE(at + 16);
  const size = zip.readUInt32LE(at + 20);
  const from = zip.readUInt32LE(at + 42);
  if (flags & 1) throw new Error(`${path} is encrypted: unpack the zip file first`);
  if (method !== 0 && method !== 8) throw new Error(`${path} is packed by method ${method}: unpack the zip file first`);
  if (size === 0xffffffff || from === 0xffffffff) throw new Error('the zip file is larger than 4 GB: unpack it first');
  if (from + 30 > zip.length) throw damaged();
  const data = from + 30 + zip.readUInt16LE(from + 26) + zip.readUInt16LE(from + 28);
  if (data + size > zip.length) throw damaged();
  return { path, stored: zip.subarray(data, data + size), deflated: method === 8, checksum };
}

function damaged(): Error {
  return new Error('the zip file is damaged: its directory names what is not there');
}
