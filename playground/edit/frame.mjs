/** The page of the sandboxed frame: it starts the worker that runs edited code, and passes on what that says. */

const SCRIPT = `addEventListener('message', ({ data, ports: [port] }) => {
  const worker = new Worker(URL.createObjectURL(new Blob([data], { type: 'text/javascript' })));
  worker.onmessage = (event) => port.postMessage(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    const error = event.message.replace(/^Uncaught /, '') || 'the code cannot be loaded';
    port.postMessage({ worker: true, error, line: event.lineno });
  };
});`;

const POLICY = "default-src 'none'; script-src 'unsafe-inline'; worker-src blob:; connect-src 'none'";

export const FRAME = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>Edited code</title><script>${SCRIPT}</script>`;

/** The text of its only script, which the page's policy has to name: a frame without an address inherits it. */
export const FRAME_SCRIPT = SCRIPT;
