#!/usr/bin/env node
// A linearizable store: each request is passed on to the service lin-kv, and its reply back. Change it into yours.
import { createInterface } from 'node:readline';

let nodeId;
let number = 0;
const callbacks = new Map();

function send(dest, body) {
  process.stdout.write(`${JSON.stringify({ src: nodeId, dest, body })}\n`);
}

/** Asks another node or a service; resolves with the body of the reply. */
function call(dest, body) {
  number += 1;
  const id = number;
  send(dest, { ...body, msg_id: id });
  return new Promise((resolve) => callbacks.set(id, resolve));
}

/** What a request of a client or of another node is answered. */
async function answerTo(body) {
  if (body.type === 'init') {
    nodeId = body.node_id;
    return { type: 'init_ok' };
  }
  if (['read', 'write', 'cas'].includes(body.type)) {
    const { msg_id: _, ...request } = body;
    return call('lin-kv', request);
  }
  return { type: 'error', code: 10, text: `no ${body.type} here` };
}

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { src, body } = JSON.parse(line);
  if (body.in_reply_to !== undefined) {
    callbacks.get(body.in_reply_to)?.(body);
    callbacks.delete(body.in_reply_to);
    return;
  }
  const answer = await answerTo(body);
  if (body.msg_id !== undefined) send(src, { ...answer, in_reply_to: body.msg_id });
});
