// A node with callbacks: handlers by type, calls with a time limit, errors by the protocol's numbers.
'use strict';
const { createInterface } = require('node:readline');

exports.start = (handlers, { init, every = [] } = {}) => {
  const node = { id: undefined, ids: [] };
  const waiting = new Map();
  let next = 0;
  node.send = (dest, body, src = node.id) => process.stdout.write(`${JSON.stringify({ src, dest, body })}\n`);
  node.call = (dest, body, ms = 1000) =>
    new Promise((resolve, reject) => {
      const id = ++next;
      const timer = setTimeout(() => {
        waiting.delete(id);
        reject({ code: 0, text: 'timeout' });
      }, ms);
      waiting.set(id, (reply) => {
        clearTimeout(timer);
        waiting.delete(id);
        if (reply.type === 'error') reject(reply);
        else resolve(reply);
      });
      node.send(dest, { ...body, msg_id: id });
    });
  const answerTo = async (message) => {
    const { body } = message;
    if (body.type === 'init') {
      node.id = body.node_id;
      node.ids = body.node_ids;
      await init?.(node);
      for (const [ms, task] of every) setInterval(() => task(node), ms);
      return { type: 'init_ok' };
    }
    if (handlers[body.type]) return handlers[body.type](body, message, node);
    throw { code: 10, text: `no ${body.type} here` };
  };
  createInterface({ input: process.stdin }).on('line', async (line) => {
    const message = JSON.parse(line);
    const { src, body } = message;
    if (body.in_reply_to !== undefined) return waiting.get(body.in_reply_to)?.(body);
    let answer;
    try {
      answer = await answerTo(message);
    } catch (error) {
      if (error.code === undefined) throw error;
      answer = { type: 'error', code: error.code, text: error.text };
    }
    if (answer && body.msg_id !== undefined) node.send(src, { ...answer, in_reply_to: body.msg_id });
  });
};
