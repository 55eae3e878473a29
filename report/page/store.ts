import { useLayoutEffect, useState } from 'preact/hooks';

/** A value that changes, and those who want to know. */
export class Store<T> {
  private current: T;
  private readonly listeners = new Set<() => void>();

  constructor(value: T) {
    this.current = value;
  }

  get value(): T {
    return this.current;
  }

  set(value: T): void {
    if (Object.is(value, this.current)) return;
    this.current = value;
    for (const listener of [...this.listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/**
 * The store's value in a component, which is drawn again when it changes; at most every `restMs` where that is given.
 */
export function useStore<T>(store: Store<T>, restMs = 0): T {
  const [value, setValue] = useState(store.value);
  useLayoutEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listener = () => {
      if (restMs === 0) return setValue(() => store.value);
      clearTimeout(timer);
      timer = setTimeout(() => setValue(() => store.value), restMs);
    };
    listener();
    const stop = store.subscribe(listener);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [store, restMs]);
  return value;
}
