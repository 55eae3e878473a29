/** What options with numbers take. Each reader throws a `UsageError` that names the option. */
import { msOf } from '../harness/setting/durations.ts';
import { spanOf } from '../harness/setting/run-keys.ts';
import { UsageError } from './exit.ts';

type Read<T = number> = (text: string) => T;

/** Reads an option with this; what is undefined or not a number is refused with what it takes. */
function option<T>(name: string, takes: string, read: (text: string) => T | undefined): Read<T> {
  return (text) => {
    const value = read(text);
    if (value === undefined) throw new UsageError(`${name} takes ${takes}, not "${text}"`);
    return value;
  };
}

/** From 0 on. */
export function wholeNumber(name: string): Read {
  return option(name, 'a whole number', (text) => (/^\d+$/.test(text) ? Number(text) : undefined));
}

/** From 0 on, with or without a fraction. */
export function number(name: string): Read {
  return option(name, 'a number', (text) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined));
}

/** `500ms`, `10s`, `2m` or `1h` in ms. */
export function duration(name: string): Read {
  return option(name, 'a duration, as in 500ms, 10s, 2m or 1h', msOf);
}

/** `500ms-5s`, the least and the most, in ms. */
export function span(name: string): Read<readonly [least: number, most: number]> {
  return option(name, 'two durations, as in 500ms-5s', spanOf);
}

/** From 0 to 1. */
export function share(name: string): Read {
  return option(name, 'a share from 0 to 1', (text) =>
    /^\d+(\.\d+)?$/.test(text) && Number(text) <= 1 ? Number(text) : undefined,
  );
}

/** `500MB` or `2GB` in megabytes. */
export function megabytes(name: string): Read {
  return option(name, '500MB or 2GB', (text) => {
    const [, count, unit] = /^(\d+)(MB|GB)$/i.exec(text) ?? [];
    return count === undefined ? undefined : Number(count) * (unit?.toUpperCase() === 'GB' ? 1000 : 1);
  });
}

/** A TCP port; 0 for any that is free. */
export function port(name: string): Read {
  return option(name, 'a port', (text) => (/^\d{1,5}$/.test(text) && Number(text) < 65_536 ? Number(text) : undefined));
}
