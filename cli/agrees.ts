import { createInterface } from 'node:readline/promises';

/** Asks on a terminal. False where there is none to ask on. */
export async function agrees(says: string, question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${says}\n${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
