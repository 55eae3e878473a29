#!/usr/bin/env node
// kafka, right: the first node has all logs, and the others pass requests on. A reply holds at most ten messages.
'use strict';
const { start } = require('./node.cjs');

const logs = new Map();
const committed = new Map();
const logOf = (key) => logs.get(key) ?? logs.set(key, []).get(key);
const local = {
  send: ({ key, msg }) => ({ type: 'send_ok', offset: logOf(key).push(msg) - 1 }),
  poll: ({ offsets }) => {
    const some = ([key, from]) => [
      key,
      logOf(key)
        .slice(from, from + 10)
        .map((msg, i) => [from + i, msg]),
    ];
    return { type: 'poll_ok', msgs: Object.fromEntries(Object.entries(offsets).map(some)) };
  },
  commit_offsets: ({ offsets }) => {
    for (const [key, offset] of Object.entries(offsets)) committed.set(key, Math.max(offset, committed.get(key) ?? 0));
    return { type: 'commit_offsets_ok' };
  },
  list_committed_offsets: ({ keys }) => {
    const known = keys.filter((key) => committed.has(key)).map((key) => [key, committed.get(key)]);
    return { type: 'list_committed_offsets_ok', offsets: Object.fromEntries(known) };
  },
};
const handler = (type) => async (body, _, node) => {
  if (node.id === node.ids[0]) return local[type](body);
  const { msg_id: _id, in_reply_to: _re, ...answer } = await node.call(node.ids[0], body);
  return answer;
};
start(Object.fromEntries(Object.keys(local).map((type) => [type, handler(type)])));
