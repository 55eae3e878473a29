/**
 * A database of one process a node, for adapters to be tried on: lines `set KEY VALUE`, `get KEY` and `time` of its
 * clients, each answered by a line; and a line now and then to each of the other nodes. What is set at one node is told
 * to all others that can be reached.
 */
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

const [port, peerPort, ...peers] = process.argv.slice(2).map(Number);
const values = new Map();

function serve(listen, answer) {
  createServer((socket) => {
    socket.on('error', () => {});
    createInterface({ input: socket }).on('line', (line) => socket.write(`${answer(line.split(' '))}\n`));
  }).listen(listen, '127.0.0.1');
}

/** A connection to another node, opened again where it breaks. */
function link(to) {
  const socket = connect({ host: '127.0.0.1', port: to });
  socket.on('error', () => {});
  const saying = setInterval(() => socket.write('hello\n'), 200);
  socket.on('close', () => {
    clearInterval(saying);
    setTimeout(() => link(to), 100);
  });
  sockets.set(to, socket);
}

const sockets = new Map();
peers.forEach(link);
serve(peerPort, ([word, key, value]) => {
  if (word === 'set') values.set(key, value);
  return 'ok';
});
serve(port, ([word, key, value]) => {
  if (word === 'get') return values.get(key) ?? 'null';
  if (word === 'time') return Date.now();
  values.set(key, value);
  for (const socket of sockets.values()) if (socket.writable) socket.write(`set ${key} ${value}\n`);
  return 'ok';
});

if (process.env.PANICS) {
  const start = Date.now() - performance.now();
  setInterval(() => {
    if (Math.abs(Date.now() - performance.now() - start) > 600_000) process.exit(3);
  }, 20);
}
