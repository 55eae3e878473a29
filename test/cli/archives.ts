/** Archives for tests, of a few small files. */
import { crc32, deflateRawSync } from 'node:zlib';

type Files = Readonly<Record<string, string | Buffer>>;

/** A zip file, deflated. */
export function zipOf(files: Files): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [path, content] of Object.entries(files)) {
    const [name, data] = [Buffer.from(path), Buffer.from(content)];
    const packed = deflateRawSync(data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, name, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), common, rest, name]));
    parts.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(18);
  const entries = Buffer.concat(directory);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, entries, Buffer.from('PK\u0005\u0006'), end]);
}

/** A tar file; a path of more than 100 characters has a header of its own, as GNU's tar writes it. */
export function tarOf(files: Files): Buffer {
  const entries = Object.entries(files).flatMap(([path, content]) => {
    const entry = tarEntry(path.slice(0, 100), Buffer.from(content), '0');
    return path.length <= 100 ? [entry] : [tarEntry('././@LongLink', Buffer.from(`${path}\0`), 'L'), entry];
  });
  return Buffer.concat([...entries, Buffer.alloc(1024)]);
}

function tarEntry(path: string, content: Buffer, kind: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write('0000644', 100);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write(kind, 156);
  header.write('ustar\u000000', 257);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
