/** LDAP's bytes: what is written is read again, however the stream is cut, and nothing strange is read. */
import { describe, expect, it } from 'vitest';
import { type Ber, BerStream, ber, berNumber, berText, numberIn, TAG, valuesIn } from '../../../databases/wire/ber.ts';
import { Ldap } from '../../../databases/wire/ldap.ts';
import { drawsFrom } from '../../../harness/setting/random.ts';
import { Refused } from '../../../systems/node.ts';
import { entryOf, RESPONSE, resultOf } from './ldap-messages.ts';
import { closing, type Draw, piecesOf, server, writePieces } from './server.ts';

const wholeBelow = (draw: Draw, below: number) => Math.floor(draw() * below);

function drawn(seed: number): Draw {
  const draws = drawsFrom(seed);
  return () => draws('ldap');
}

/** A value by the shortest lengths, as other writers have them. */
function shortest({ tag, content }: Ber): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(content.length);
  const needed = size.subarray(size.findIndex((byte) => byte > 0));
  const head = content.length < 0x80 ? [content.length] : [0x80 | needed.length, ...needed];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

function valueOfLength(draw: Draw): Ber {
  const length = [0, 1, 127, 128, 255, 256, 70_000][wholeBelow(draw, 7)]!;
  return { tag: [TAG.octets, TAG.sequence, 0x64][wholeBelow(draw, 3)]!, content: Buffer.alloc(length, length) };
}

describe('a stream of BER', () => {
  it('is cut into 500 random values, whatever pieces it comes in and however lengths are written', () => {
    const draw = drawn(1);
    for (let round = 0; round < 50; round++) {
      const values = Array.from({ length: 10 }, () => valueOfLength(draw));
      const bytes = values.map((value) => (draw() < 0.5 ? shortest(value) : ber(value.tag, value.content)));
      const stream = new BerStream();
      const read = piecesOf(Buffer.concat(bytes), draw).flatMap((piece) => stream.take(piece));
      expect(read.every(({ tag, content }, i) => tag === values[i]!.tag && content.equals(values[i]!.content))).toBe(
        true,
      );
      expect(read).toHaveLength(10);
      expect(valuesIn(Buffer.concat(bytes))).toHaveLength(10);
    }
  });

  it('has numbers of every size as few bytes', () => {
    const draw = drawn(2);
    const numbers = [0, 1, 127, 128, 255, 256, 32_767, 32_768, 8_388_608, 0x7fffffff];
    for (let i = 0; i < 500; i++) numbers.push(wholeBelow(draw, 2 ** (1 + wholeBelow(draw, 31))));
    for (const number of numbers) {
      const [value] = valuesIn(berNumber(number));
      expect(numberIn(value!)).toBe(number);
      // A whole byte of sign is one too many.
      expect(value!.content.length).toBe(Math.floor(Math.log2(Math.max(number, 1)) / 8 + 1 / 8) + 1);
    }
  });

  it.each([
    ['a tag of several bytes', [0x3f, 1, 0], /has the tag 0x3f/],
    ['a length that is told later', [0x30, 0x80, 0, 0], /a length of BER that LDAP does not have/],
    ['a length of five bytes', [0x30, 0x85, 0, 0, 0, 0, 1], /a length of BER that LDAP does not have/],
    ['too much', [0x30, 0x84, 0x7f, 0xff, 0xff, 0xff], /more than 16 MiB/],
  ])('is refused with %s', (_, bytes, says) => {
    expect(() => new BerStream().take(Buffer.from(bytes))).toThrow(says);
    expect(() => valuesIn(Buffer.from(bytes))).toThrow(says);
  });

  it('is refused where what is within ends too early', () => {
    const bytes = ber(TAG.sequence, berText('abc'));
    for (let length = 1; length < bytes.length; length++)
      expect(() => valuesIn(bytes.subarray(0, length))).toThrow('a value of BER that is cut off');
    expect(() => numberIn({ tag: TAG.integer, content: Buffer.alloc(7) })).toThrow('a number of 7 bytes');
    expect(() => numberIn({ tag: TAG.integer, content: Buffer.alloc(0) })).toThrow('a number of 0 bytes');
  });
});

describe('LDAP', () => {
  async function session() {
    const { port, socket } = await server();
    const ldap = closing(await Ldap.open(port));
    return { ldap, socket: await socket() };
  }
  const search = (ldap: Ldap) => ldap.search('dc=a', 'below', ['cn', '1'], ['cn']);

  it('gives each of 100 searches its own entries, in any order and in pieces', async () => {
    const { ldap, socket } = await session();
    const draw = drawn(3);
    for (let round = 0; round < 5; round++) {
      const found = Array.from({ length: 20 }, () =>
        Array.from({ length: wholeBelow(draw, 4) }, (_, i) => ({
          name: `cn=${i},dc=a`,
          attributes: {
            cn: ['é', `${i}`].slice(0, wholeBelow(draw, 3)),
            __proto__x: ['x'.repeat(wholeBelow(draw, 200))],
          },
        })),
      );
      const asked = found.map(() => search(ldap));
      const responses = found.map((entries, i) => {
        const id = round * 20 + i + 1;
        const all = entries.map(({ name, attributes }) => entryOf(id, name, attributes));
        return Buffer.concat([...all, resultOf(id, RESPONSE.search)]);
      });
      const shuffled = responses.map((one) => [draw(), one] as const).sort(([a], [b]) => a - b);
      const nobodys = resultOf(9999, RESPONSE.add);
      await writePieces(socket, Buffer.concat([nobodys, ...shuffled.map(([, one]) => one)]), draw);
      expect(await Promise.all(asked)).toEqual(found);
    }
  });

  it('tells an error of the server, a connection that breaks off, and one that is closed', async () => {
    const { ldap, socket } = await session();
    const refused = ldap.addEntry('cn=a', { cn: ['a'] });
    socket.write(resultOf(1, RESPONSE.add, 68, 'it is there'));
    await expect(refused).rejects.toMatchObject({ name: 'LdapError', code: 68, message: 'result 68: it is there' });
    const open = ldap.addValues('cn=a', { cn: ['b'] });
    socket.destroy();
    await expect(open).rejects.toThrow(/closed|ECONNRESET/);
    await expect(open).rejects.not.toBeInstanceOf(Refused);
    await expect(ldap.bind('cn=a', 'b')).rejects.toMatchObject({ name: 'Refused', isClosed: true });
    await expect(Ldap.open(1)).rejects.toBeInstanceOf(Refused);
  });

  it.each([
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(20))],
    ['no number', ber(TAG.sequence, berText('a'), berText('b'))],
    ['nothing after the number', ber(TAG.sequence, berNumber(1))],
    ['no sequence', ber(TAG.set, berNumber(1), ber(RESPONSE.search))],
    ['an entry without attributes', ber(TAG.sequence, berNumber(1), ber(0x64, berText('cn=a')))],
    ['a result that is none', ber(TAG.sequence, berNumber(1), ber(RESPONSE.search, berText('0')))],
  ])('gives up on %s', async (_, bytes) => {
    const { ldap, socket } = await session();
    const asked = search(ldap);
    socket.write(bytes);
    await expect(asked).rejects.toThrow(/LDAP|BER|MiB/);
    await expect(asked).rejects.not.toBeInstanceOf(Refused);
  });

  it('never hangs and never throws elsewhere where 150 responses have random bytes in random places', async () => {
    const draw = drawn(4);
    const good = Buffer.concat([entryOf(1, 'cn=a', { cn: ['a', 'b'] }), resultOf(1, RESPONSE.search)]);
    const ends = { read: 0, refused: 0 };
    for (let round = 0; round < 150; round++) {
      const { ldap, socket } = await session();
      const asked = search(ldap);
      const bytes = Buffer.from(good);
      for (let i = wholeBelow(draw, 3); i >= 0; i--) bytes[wholeBelow(draw, bytes.length)] = wholeBelow(draw, 256);
      socket.end(bytes);
      await asked.then(
        () => ends.read++,
        () => ends.refused++,
      );
    }
    expect(ends.read).toBeGreaterThan(10);
    expect(ends.refused).toBeGreaterThan(50);
  });
});
