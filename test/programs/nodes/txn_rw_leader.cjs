#!/usr/bin/env node
// txn-rw-register, right: the first node has all registers, and the others ask it.
'use strict';
const { start } = require('./node.cjs');

const registers = new Map();
const run = (txn) =>
  txn.map(([f, key, value]) => {
    if (f === 'w') registers.set(key, value);
    return [f, key, f === 'w' ? value : (registers.get(key) ?? null)];
  });
start({
  txn: async ({ txn }, _, node) => {
    const [leader] = node.ids;
    if (node.id === leader) return { type: 'txn_ok', txn: run(txn) };
    return { type: 'txn_ok', txn: (await node.call(leader, { type: 'txn', txn })).txn };
  },
});
