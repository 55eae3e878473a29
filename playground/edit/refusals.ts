/** What edited code may not reach, in words. The frame's policy and its opaque origin refuse the same once more. */

const MESSAGES = 'a node reaches others with node.send() and node.call() alone';
const DISK = 'what is to outlive a crash is written with node.disk';
const NOTHING = 'a node can do what Node offers, and nothing else';

const REFUSED: Readonly<Record<string, string>> = {
  ...{ fetch: MESSAGES, WebSocket: MESSAGES, EventSource: MESSAGES, XMLHttpRequest: MESSAGES, WebTransport: MESSAGES },
  ...{ BroadcastChannel: MESSAGES, postMessage: MESSAGES },
  ...{ indexedDB: DISK, caches: DISK },
  ...{ importScripts: NOTHING, Worker: NOTHING, eval: NOTHING, close: NOTHING, navigator: NOTHING },
};

/** Puts a refusal in the place of each; `tell` is told of every attempt, with the place in the code. */
export function refuseWaysOut(tell: (error: Error) => void): void {
  for (const [name, instead] of Object.entries(REFUSED)) {
    const refuse = (): never => {
      const error = new Error(`${name} is refused: ${instead}`);
      tell(error);
      throw error;
    };
    const value = new Proxy(class {}, { apply: refuse, construct: refuse, get: refuse });
    Object.defineProperty(globalThis, name, { configurable: false, writable: false, value });
  }
}
