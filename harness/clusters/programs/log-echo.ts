/** Shows what is written to nodes' logs, as it comes. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { NodeId } from '../../../systems/node.ts';
import { quoted } from './complaints.ts';

const LOOK_MS = 100;
const CHUNK_BYTES = 65_536;

export class LogEcho {
  private readonly files: ReadonlyMap<NodeId, string>;
  private readonly show: (text: string) => void;
  private readonly read = new Map<NodeId, { at: number; rest: string }>();
  private readonly ticking = setInterval(() => this.look(), LOOK_MS).unref();

  constructor(files: ReadonlyMap<NodeId, string>, show: (text: string) => void) {
    this.files = files;
    this.show = show;
  }

  stop(): void {
    clearInterval(this.ticking);
    this.look();
  }

  private look(): void {
    for (const [node, file] of this.files) {
      const from = this.read.get(node) ?? { at: 0, rest: '' };
      const { text, at } = readFrom(file, from.at);
      const lines = (from.rest + text).split('\n');
      this.read.set(node, { at, rest: lines.pop() ?? '' });
      // No line of a program may look like one of ours, or like a command to a terminal or a CI.
      if (lines.length > 0) this.show(lines.map((line) => `| ${node}: ${quoted(line)}\n`).join(''));
    }
  }
}

function readFrom(file: string, at: number): { readonly text: string; readonly at: number } {
  try {
    const from = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(CHUNK_BYTES);
      const length = readSync(from, buffer, 0, buffer.length, at);
      return { text: buffer.toString('utf8', 0, length), at: at + length };
    } finally {
      closeSync(from);
    }
  } catch {
    return { text: '', at };
  }
}
