#!/usr/bin/env node
// unique-ids: the same as ids.py; chance is Math.random, which a run can only repeat where the engine's seed is fixed.
let me;
require('node:readline')
  .createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { src, body } = JSON.parse(line);
    if (body.type === 'init') me = body.node_id;
    const out = body.type === 'init' ? { type: 'init_ok' } : { type: 'generate_ok', id: `${me}-${Math.random()}` };
    console.log(JSON.stringify({ src: me, dest: src, body: { ...out, in_reply_to: body.msg_id } }));
  });
