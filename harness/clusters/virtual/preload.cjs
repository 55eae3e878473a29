// Loaded first by programs on Node.js in virtual time: V8's own chance is not the C library's.
'use strict';
const crypto = require('node:crypto');

let state = BigInt(process.env.SPLITBRAIN_CHANCE ?? 1) * 2n + 1n;
const draw = () => {
  state ^= (state << 13n) & 0xffffffffffffffffn;
  state ^= state >> 7n;
  state ^= (state << 17n) & 0xffffffffffffffffn;
  return state;
};
for (let i = 0; i < 20; i++) draw();
Math.random = () => Number(draw() >> 11n) / 2 ** 53;
const fill = (buffer) => {
  const bytes = new Uint8Array(buffer.buffer ?? buffer, buffer.byteOffset ?? 0, buffer.byteLength);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number((draw() >> 24n) & 0xffn);
  return buffer;
};
const uuid = () => {
  const bytes = fill(Buffer.alloc(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return bytes.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
};
crypto.randomFillSync = fill;
crypto.randomBytes = (size, done) => {
  const bytes = fill(Buffer.alloc(size));
  if (!done) return bytes;
  process.nextTick(done, null, bytes);
};
crypto.randomInt = (min, max, done) => {
  const [from, to] = typeof max === 'number' ? [min, max] : [0, min];
  const value = from + Math.floor(Math.random() * (to - from));
  const then = typeof max === 'function' ? max : done;
  if (!then) return value;
  process.nextTick(then, null, value);
};
crypto.randomUUID = uuid;
globalThis.crypto.getRandomValues = fill;
globalThis.crypto.randomUUID = uuid;
