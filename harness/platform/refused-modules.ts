/**
 * Modules of Node.js that lead out of a simulated run: no node may use them, whatever its design is built on. They are
 * wrapped once in each thread that simulates, and stay so: the harness sees no difference.
 */
import childProcess from 'node:child_process';
import { webcrypto } from 'node:crypto';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';
import workers from 'node:worker_threads';
import type { FenceMakers } from './platform.ts';

const FILES = 'node.disk';
const MESSAGES = 'node.send() and node.call()';
const NOTHING = 'what the node itself can do';

/** The functions that open something, of the modules that do. */
const REFUSED: readonly (readonly [name: string, module: object, functions: RegExp, instead: string])[] = [
  ['fs', fs, /^(?!constants|promises|realpath|_|[A-Z])/, FILES],
  ['fs.promises', fs.promises, /^(?!constants)/, FILES],
  ['net', net, /^(connect|createConnection|createServer)$/, MESSAGES],
  ['tls', tls, /^(connect|createServer)$/, MESSAGES],
  ['http', http, /^(request|get|createServer)$/, MESSAGES],
  ['https', https, /^(request|get|createServer)$/, MESSAGES],
  ['dgram', dgram, /^createSocket$/, MESSAGES],
  ['dns', dns, /^(lookup|resolve.*|reverse)$/, MESSAGES],
  ['child_process', childProcess, /^(?!_|[A-Z])/, NOTHING],
  ['worker_threads', workers, /^Worker$/, NOTHING],
  ['crypto.subtle', Object.getPrototypeOf(webcrypto.subtle) as object, /^(?!constructor)/, NOTHING],
  ['globalThis', globalThis, /^(fetch|WebSocket|EventSource)$/, MESSAGES],
];

let done = false;

/** Wraps them, the first time in this thread. */
export function refuseModules(refused: FenceMakers['refused']): void {
  if (done) return;
  done = true;
  for (const [name, module, functions, instead] of REFUSED)
    for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(module))) {
      if (!functions.test(key) || !property.configurable || !property.writable || typeof property.value !== 'function')
        continue;
      const says = name === 'globalThis' ? `${key}()` : `${name}.${key}()`;
      Object.defineProperty(module, key, { ...property, value: refused(says, instead, property.value) });
    }
  syncBuiltinESMExports();
}
