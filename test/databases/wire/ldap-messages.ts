/** What an LDAP server sends, as bytes. */
import { ber, berNumber, berText, TAG } from '../../../databases/wire/ber.ts';

/** How responses differ from what they answer: by one more than its tag. */
export const RESPONSE = { bind: 0x61, search: 0x65, modify: 0x67, add: 0x69 } as const;

const message = (id: number, response: Buffer) => ber(TAG.sequence, berNumber(id), response);

export function resultOf(id: number, tag: number, code = 0, says = ''): Buffer {
  return message(id, ber(tag, berNumber(code, TAG.enumerated), berText(''), berText(says)));
}

export function entryOf(id: number, name: string, attributes: Readonly<Record<string, readonly string[]>>): Buffer {
  const listed = Object.entries(attributes).map(([type, values]) =>
    ber(TAG.sequence, berText(type), ber(TAG.set, ...values.map((value) => berText(value)))),
  );
  return message(id, ber(0x64, berText(name), ber(TAG.sequence, ...listed)));
}
