/** `splitbrain serve`: the results on 127.0.0.1, kept up to date while runs go on. */
import { createReadStream, existsSync, realpathSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream';
import { Command } from 'commander';
import { type WebSocket, WebSocketServer } from 'ws';
import { connected } from '../report/fill.ts';
import { Results, resultsPage } from '../report/results.ts';
import { askedOf, runsPage } from '../report/runs-page.ts';
import { UsageError } from './exit.ts';
import { port } from './numbers.ts';
import { NOT_BUILT, playgroundFile } from './playground-page.ts';

const EXAMPLE = `
Example:
  $ splitbrain serve results --port 8080

The playground is at /playground/. Listens on 127.0.0.1 only. Ends with Ctrl+C.`;

/** How often the folder is looked at while somebody watches. */
const LOOK_MS = 1_000;
/** Who has not read so much is gone, or never will. */
const MOST_UNREAD_BYTES = 16 << 20;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.sarif': 'application/json; charset=utf-8',
  '.jsonl': 'text/plain; charset=utf-8',
  '.log': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.xml': 'text/plain; charset=utf-8',
};

const HEADERS = [
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cache-Control', 'no-store'],
] as const;

export function serveCommand(): Command {
  return new Command('serve')
    .description('show results in a browser, live')
    .argument('[dir]', 'the folder of results', 'results')
    .option('--port <port>', 'the port on 127.0.0.1, 0 for any that is free', port('--port'), 8765)
    .addHelpText('after', EXAMPLE)
    .action(async (folder: string, options: { readonly port: number }) => {
      const served = await serve(folder, options.port);
      process.stderr.write(
        `splitbrain: showing ${folder} at ${served.url}, and the playground at ${served.url}playground/\n`,
      );
      await new Promise<void>((ended) => {
        process.once('SIGINT', ended);
        process.once('SIGTERM', ended);
      });
      await served.close();
    });
}

/** A server that shows a folder of results until it is closed. */
export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

export async function serve(folder: string, port: number): Promise<Served> {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new UsageError(`there is no folder ${folder}: run something first, or name another`);
  const root = realpathSync(folder);
  const results = new Results(root, Date.now);
  const server = createServer((request, response) => answer(request, response, root, results));
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1 << 10 });
  server.on('upgrade', (request, socket, head) => {
    // From here on Node.js no longer hears the socket's errors.
    socket.on('error', () => socket.destroy());
    if (!isOwn(request) || request.url !== '/live') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate());
      tell(new Set([client]), results);
    });
  });
  const timer = setInterval(() => tell(sockets.clients, results), LOOK_MS);
  await listening(server, port);
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${chosen}/`,
    close: async () => {
      clearInterval(timer);
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      reject(taken ? new UsageError(`port ${port} cannot be used: take another with --port, or 0 for any`) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

/** Sends the results to all who watch, where they changed; those who have just come get them at once. */
function tell(clients: ReadonlySet<WebSocket>, results: Results): void {
  if (clients.size === 0) return;
  const now = JSON.stringify(results.look());
  for (const client of clients) {
    const fresh = client as WebSocket & { seen?: string };
    if (fresh.seen === now || client.readyState !== client.OPEN) continue;
    fresh.seen = now;
    // Who reads too slowly is not sent more: what it missed comes with the next look.
    if (client.bufferedAmount > MOST_UNREAD_BYTES) {
      client.terminate();
      continue;
    }
    client.send(now, () => {});
  }
}

/**
 * Whether the browser asks for this server by its own name, and from its own
 * pages or by following a link: no other site may read results through it.
 */
function isOwn({ headers }: IncomingMessage): boolean {
  const { host, origin } = headers;
  if (!host || !/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host)) return false;
  if (origin !== undefined && origin !== `http://${host}`) return false;
  const site = headers['sec-fetch-site'];
  const followed = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return site === undefined || site === 'same-origin' || site === 'none' || followed;
}

function answer(request: IncomingMessage, response: ServerResponse, root: string, results: Results): void {
  for (const [name, value] of HEADERS) response.setHeader(name, value);
  const path = pathOf(request.url ?? '/');
  const file = path?.startsWith('/results/') ? inside(root, path.slice('/results/'.length)) : undefined;
  const journal = path?.startsWith('/results/') && path.endsWith(RUNS) ? inside(root, journalBeside(path)) : undefined;
  if (!isOwn(request)) refuse(response, 403, 'Only pages of this server may ask.');
  else if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405, 'Only reading is possible.');
  else if (path === '/') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(connected(resultsPage(results.look()), ["'self'", `ws://${request.headers.host}`]));
  } else if (path !== undefined && `${path}/`.startsWith(PLAYGROUND)) play(response, path);
  else if (file !== undefined) send(response, file, request.method === 'HEAD');
  else if (journal !== undefined) sendRuns(response, dirname(journal), request.url ?? '');
  else refuse(response, 404, 'There is no such result.');
}

const PLAYGROUND = '/playground/';
/** Beside a campaign's index: all of its runs, page by page. */
const RUNS = '/runs.html';

function journalBeside(path: string): string {
  return `${path.slice('/results/'.length, -RUNS.length)}/pieces.jsonl`;
}

/** A page of the runs in a campaign's folder. */
function sendRuns(response: ServerResponse, folder: string, url: string): void {
  try {
    const html = runsPage(folder, askedOf(new URL(url, 'http://localhost').searchParams));
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', "sandbox; default-src 'none'; style-src 'unsafe-inline'");
    response.end(html);
  } catch (error) {
    refuse(response, 500, `The runs cannot be read: ${(error as Error).message}`);
  }
}

/** A file of the playground, which brings its own policy. */
function play(response: ServerResponse, path: string): void {
  if (path === PLAYGROUND.slice(0, -1)) {
    response.writeHead(308, { Location: PLAYGROUND }).end();
    return;
  }
  const name = path.slice(PLAYGROUND.length) || 'index.html';
  const text = playgroundFile(name);
  if (text === undefined) {
    refuse(response, 404, name === 'index.html' ? NOT_BUILT : 'There is no such file.');
    return;
  }
  response.setHeader('Content-Type', `${name.endsWith('.js') ? 'text/javascript' : 'text/html'}; charset=utf-8`);
  response.end(text);
}

/**
 * A file of a result, in a sandbox: whatever lies in the folder,
 * its scripts reach neither this server nor other results.
 */
function send(response: ServerResponse, file: string, isHead: boolean): void {
  response.setHeader('Content-Type', TYPES[extname(file)] ?? 'text/plain; charset=utf-8');
  response.setHeader('Content-Security-Policy', "sandbox allow-scripts; connect-src 'none'; form-action 'none'");
  if (isHead) response.end();
  // A download that is broken off closes the file, too.
  else pipeline(createReadStream(file), response, () => {});
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(`${why}\n`);
}

function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split('?')[0] ?? '/');
  } catch {
    return undefined;
  }
}

/**
 * The file of that name below the root, wherever links lead;
 * nothing for files of other kinds and for all that lies elsewhere.
 */
function inside(root: string, path: string): string | undefined {
  if (path.includes('\0') || !(extname(path) in TYPES)) return undefined;
  try {
    const file = realpathSync(join(root, path));
    return file.startsWith(root + sep) && extname(file) in TYPES && statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}
