let address: string | undefined;

/** Starts a worker that simulates, or one that judges files. Their text stands in the page. */
export function startWorker(name: 'simulate' | 'check'): Worker {
  const text = document.getElementById('worker')?.textContent ?? '';
  address ??= URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  return new Worker(address, { name });
}
