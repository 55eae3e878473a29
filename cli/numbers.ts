/** What options with numbers take. Each reader throws a `UsageError` that names the option. */
import { msOf } from '../harness/setting/durations.ts';
import { UsageError } from './exit.ts';

type Read = (text: string) => number;

/** Reads an option with this; what is undefined or not a number is refused with what it takes. */
function option(name: string, takes: string, read: (text: string) => number | undefined): Read {
  return (text) => {
    const number = read(text);
    if (number === undefined) throw new UsageError(`${name} takes ${takes}, not "${text}"`);
    return number;
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
