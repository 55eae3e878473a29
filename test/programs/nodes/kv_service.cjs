#!/usr/bin/env node
// lin-kv, right: every request is passed on to the service of that name, which the init handler asks, too.
'use strict';
const { start } = require('./node.cjs');

const KV = 'lin-kv';
const handlers = {
  read: async ({ key }, _, node) => ({ type: 'read_ok', value: (await node.call(KV, { type: 'read', key })).value }),
  write: async ({ key, value }, _, node) => {
    await node.call(KV, { type: 'write', key, value });
    return { type: 'write_ok' };
  },
  cas: async ({ key, from, to }, _, node) => {
    await node.call(KV, { type: 'cas', key, from, to });
    return { type: 'cas_ok' };
  },
};
start(handlers, {
  init: async (node) => {
    await node.call(KV, { type: 'write', key: `started ${node.id}`, value: true });
  },
});
