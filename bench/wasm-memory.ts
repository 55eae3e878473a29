/** How much memory the WebAssembly modules of this process have, of those that are loaded after `watchWebAssembly`. */

interface Memory {
  readonly buffer: ArrayBuffer;
}
const memories = new Set<Memory>();

/** Takes note of the memory of every instance that is made from now on. */
export function watchWebAssembly(): void {
  const global = globalThis as unknown as { WebAssembly: Record<string, unknown> };
  const { Instance, Memory, instantiate } = global.WebAssembly as {
    Instance: new (...args: unknown[]) => { readonly exports: Record<string, unknown> };
    Memory: new (...args: unknown[]) => Memory;
    instantiate(...args: unknown[]): Promise<unknown>;
  };
  const note = (made: unknown): void => {
    const { exports } = made as { readonly exports: Record<string, unknown> };
    for (const one of Object.values(exports)) if (one instanceof Memory) memories.add(one);
  };
  global.WebAssembly.Instance = new Proxy(Instance, {
    construct(target, args) {
      const made = new target(...args);
      note(made);
      return made;
    },
  });
  global.WebAssembly.instantiate = async (...args: unknown[]) => {
    const made = (await instantiate(...args)) as { readonly instance?: unknown };
    note(made.instance ?? made);
    return made;
  };
}

/** What all of these have together. */
export function memoryBytes(): number {
  return [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}

/** `WebAssembly 12.3 MB, process 180 MB`. */
export function memoryText(): string {
  return `WebAssembly ${(memoryBytes() / 1e6).toFixed(1)} MB, process ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB`;
}
