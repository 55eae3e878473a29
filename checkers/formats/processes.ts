/** Names among numbers get the numbers from here on: a process is a number of 31 bits, and there are a million left. */
const FIRST_NAMED = 0x7ff00000;

/**
 * The processes of a history as numbers. Numbers are themselves, and where the first
 * process of a file has a name, all are numbered from 0 in the order in which they appear.
 */
export class Processes {
  private readonly numbers = new Map<number | string, number>();
  private first: 'number' | 'name' | undefined;

  /** The number of a process, or undefined where it can be none. */
  of(process: unknown): number | undefined {
    const isName = typeof process === 'string';
    if (!isName && !(typeof process === 'number' && Number.isInteger(process) && process >= 0)) return undefined;
    this.first ??= isName ? 'name' : 'number';
    if (this.first === 'name') return this.numberOf(process, 0);
    if (isName) return this.numberOf(process, FIRST_NAMED);
    return process < FIRST_NAMED ? process : undefined;
  }

  has(name: string): boolean {
    return this.numbers.has(name);
  }

  /** Whether numbers are themselves in this file; decides it where no process has appeared. */
  numbered(): boolean {
    this.first ??= 'number';
    return this.first === 'number';
  }

  private numberOf(process: number | string, from: number): number | undefined {
    let number = this.numbers.get(process);
    if (number === undefined) {
      number = from + this.numbers.size;
      if (number > 0x7fffffff) return undefined;
      this.numbers.set(process, number);
    }
    return number;
  }
}
