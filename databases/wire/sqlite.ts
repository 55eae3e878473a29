/**
 * SQLite by its command line, one child a session: so that sessions are processes, and the locks those of files. The
 * child ends when its input does, whatever becomes of who started it.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** What a statement returned: rows as texts, `affected` after a change. */
export interface SqliteAnswer {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly affected: number;
}

/** SQLite's own error: the statement had no effect, and the transaction is still open. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';
}

interface Waiter {
  resolve(lines: readonly string[]): void;
  reject(error: Error): void;
}

const NULL = '\u0001';
const END = '\u0002';
const ERROR = /^(?:Runtime error|Parse error|Error)[^:]*: (.*)$/;

/** One session. */
export class Sqlite {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: Waiter[] = [];
  private readonly lines: string[] = [];
  private rest = '';

  /** Starts `sqlite3` (by its path) on a file, which it makes where there is none. A lock is waited for so long. */
  constructor(program: string, file: string, lockMs: number) {
    // Errors in order with what else it says.
    const words = ['-c', 'exec "$0" "$@" 2>&1', program, '-batch', '-init', '/dev/null', file];
    this.child = spawn('/bin/sh', words, {
      env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8' },
      cwd: process.cwd(),
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => this.take(text));
    this.child.on('error', (error) => this.failAll(error));
    this.child.on('close', () => this.failAll(new Error('sqlite3 has ended')));
    this.child.stdin.on('error', () => {});
    this.child.stdin.write(`.mode tabs\n.headers off\n.nullvalue ${NULL}\n.timeout ${lockMs}\n`);
  }

  /** Runs one statement. Rejects with `SqliteError` where SQLite refuses it. */
  async query(sql: string): Promise<SqliteAnswer> {
    const isChange = /^(insert|update|delete)\b/i.test(sql);
    const lines = await new Promise<readonly string[]>((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.child.stdin.write(`${sql};\n${isChange ? 'select changes();\n' : ''}.print ${END}\n`);
    });
    const error = lines.map((line) => ERROR.exec(line)?.[1]).find((text) => text !== undefined);
    if (error !== undefined) throw new SqliteError(error);
    const rows = lines.map((line) => line.split('\t').map((text) => (text === NULL ? null : text)));
    return isChange ? { rows: [], affected: Number(rows.at(-1)?.[0] ?? 0) } : { rows, affected: 0 };
  }

  close(): void {
    // For one that could not be started Node.js takes whatever number stands in the place of its id.
    if (this.child.pid !== undefined) this.child.kill('SIGKILL');
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    for (const line of lines) {
      if (line !== END) this.lines.push(line);
      else this.waiting.shift()?.resolve(this.lines.splice(0));
    }
  }

  private failAll(error: Error): void {
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }
}
