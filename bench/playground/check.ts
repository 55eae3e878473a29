/**
 * What the check page costs beside the command line for the same file: processor time of all processes, and the memory
 * of the largest. Linux: it reads /proc.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { ARGS, executablePath } from '../../test/report/browser.ts';
import type { Row } from './row.ts';

const TICKS_A_SECOND = 100;
/** The browser's own start is not counted. */
const STARTED_MS = 2000;

interface Used {
  readonly seconds: number;
  readonly megabytes: number;
}

/** Two rows a file: how many times the command line's processor time the page needs, and its memory. */
export async function checkRows(url: string, files: readonly string[], folder: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const file of files) {
    const command = secondsByCommand(file, join(folder, 'report.html'));
    const { seconds, megabytes, says } = await usedByPage(`${url}#check`, file);
    const what = `check page, ${basename(file)}`;
    console.log(`${basename(file)}: ${says}; page ${seconds.toFixed(1)} s, command line ${command.toFixed(1)} s`);
    rows.push(
      { what: `${what}: processor time`, value: seconds / command, unit: 'times', most: 2 },
      { what: `${what}: memory`, value: megabytes, unit: 'MB', most: 1500 },
    );
  }
  return rows;
}

/** All that the process and those below it have used. */
function usedBy(root: number): Used {
  const all = readdirSync('/proc').flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const megabytes = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000;
      return [
        { pid: Number(pid), parent: fields[1]!, seconds: (fields[11]! + fields[12]!) / TICKS_A_SECOND, megabytes },
      ];
    } catch {
      // It is no process, or has ended.
      return [];
    }
  });
  const own = new Set([root]);
  for (let before = 0; own.size > before; ) {
    before = own.size;
    for (const { pid, parent } of all) if (own.has(parent)) own.add(pid);
  }
  const those = all.filter(({ pid }) => own.has(pid));
  return {
    seconds: those.reduce((sum, { seconds }) => sum + seconds, 0),
    megabytes: Math.max(...those.map(({ megabytes }) => megabytes)),
  };
}

/** By the command line, which writes the report, too, as the page does. */
function secondsByCommand(file: string, report: string): number {
  const timed = `TIMEFORMAT='%U %S'; time "$@" > /dev/null`;
  const command = [process.execPath, 'bin.mjs', 'check', '--json', '--report', report, file];
  const { stderr } = spawnSync('bash', ['-c', timed, 'bash', ...command], { encoding: 'utf8' });
  const [user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return user + system;
}

async function usedByPage(url: string, file: string): Promise<Used & { readonly says: string }> {
  const server = await chromium.launchServer({ executablePath, args: [...ARGS] });
  try {
    const browser = await chromium.connect(server.wsEndpoint());
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForTimeout(STARTED_MS);
    const root = server.process().pid!;
    const before = usedBy(root);
    await page.locator('input[type=file]').first().setInputFiles(file);
    await page.waitForSelector('.status.done', { timeout: 600_000 });
    await page.waitForSelector('#timeline, .entries .error', { timeout: 60_000 });
    const { seconds, megabytes } = usedBy(root);
    const says = (await page.locator('.entries > li div > p').allTextContents()).join(', ');
    return { seconds: seconds - before.seconds, megabytes, says };
  } finally {
    await server.close();
  }
}

/** Two histories, each as it is and gzipped. */
export function writeHistories(folder: string): readonly string[] {
  const texts = { 'register.jsonl': registerText(), 'append.jsonl': appendText() };
  return Object.entries(texts).flatMap(([name, text]) => {
    const [plain, packed] = [join(folder, name), join(folder, `${name}.gz`)];
    writeFileSync(plain, text);
    writeFileSync(packed, gzipSync(text));
    return [plain, packed];
  });
}

/** Reads and writes of a register with 50 keys: 150,000 operations. */
function registerText(): string {
  const held: Record<string, number> = {};
  const lines: string[] = [];
  for (let at = 0; at < 150_000; at++) {
    const key = `k${(at * 7919) % 50}`;
    const writes = at % 5 < 2;
    const call = { process: at % 10, time: at * 2000, f: writes ? 'write' : 'read', key };
    const value = writes ? at : null;
    lines.push(JSON.stringify({ ...call, type: 'invoke', value }));
    if (writes) held[key] = at;
    lines.push(JSON.stringify({ ...call, type: 'ok', time: call.time + 900, value: held[key] ?? null }));
  }
  return `${lines.join('\n')}\n`;
}

/** Transactions of appends and reads: 100,000. */
function appendText(): string {
  const lists: Record<number, number[]> = {};
  const lines: string[] = [];
  for (let at = 0; at < 100_000; at++) {
    const call = { process: at % 10, time: at * 2000, f: 'txn' };
    const asked: unknown[] = [];
    const given: unknown[] = [];
    for (let mop = 0; mop < 3; mop++) {
      const key = Math.floor(at / 100) * 3 + ((at * 31 + mop * 17) % 3);
      if (lists[key] === undefined) lists[key] = [];
      const list = lists[key];
      if ((at + mop) % 2 === 0) {
        list.push(at * 3 + mop);
        asked.push(['append', key, at * 3 + mop]);
        given.push(['append', key, at * 3 + mop]);
      } else {
        asked.push(['r', key, null]);
        given.push(['r', key, [...list]]);
      }
    }
    lines.push(JSON.stringify({ ...call, type: 'invoke', value: asked }));
    lines.push(JSON.stringify({ ...call, type: 'ok', time: call.time + 900, value: given }));
  }
  return `${lines.join('\n')}\n`;
}
