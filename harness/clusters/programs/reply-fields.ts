/** What the fields of a reply must be. */
import { type Body, isRecord } from './message.ts';

/** A reply that is not what its function returns: the end of a sentence that quotes it. */
export class WrongReply extends Error {
  override readonly name = 'WrongReply';
}

/** Takes the field, whatever it is. */
export function anything(field: string): (body: Body) => unknown {
  return (body) => {
    if (!(field in body)) throw new WrongReply(`the field "${field}" is needed`);
    return body[field];
  };
}

export function listOf(field: string): (body: Body) => readonly unknown[] {
  return ({ [field]: value }) => {
    if (Array.isArray(value)) return value;
    throw new WrongReply(`the field "${field}" must be a list`);
  };
}

export function whole(field: string): (body: Body) => number {
  return ({ [field]: value }) => {
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    throw new WrongReply(`the field "${field}" must be a whole number`);
  };
}

export function mapOf(field: string): (body: Body) => Readonly<Record<string, unknown>> {
  return ({ [field]: value }) => {
    if (isRecord(value)) return value;
    throw new WrongReply(`the field "${field}" must be an object`);
  };
}
