/** Ctrl+C, or a request to end, ends what is under way and not the command: it still tells. Twice, it ends all. */
export function interruption(): { readonly signal: AbortSignal; callOff(): void } {
  const controller = new AbortController();
  const abort = () => {
    controller.abort();
    callOff();
  };
  const callOff = () => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, abort);
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, abort);
  return { signal: controller.signal, callOff };
}
