/** The same events in several formats. */

type Kind = 'invoke' | 'ok' | 'fail' | 'info';
/** An event: its process (null: none), what it is, the function, the value, and other members. */
export type Row = readonly [process: number | null, kind: Kind, f: string, value?: unknown, more?: object];

export function completionsOnly(rows: readonly Row[]): readonly Row[] {
  return rows.filter(([, kind]) => kind !== 'invoke');
}

/** Outputs stand in invocations too, as tools that complete histories write them. */
export function echoed(rows: readonly Row[]): readonly Row[] {
  return rows.map((row, at) => {
    const [process, kind, f, , more] = row;
    const end = kind === 'invoke' ? rows.slice(at + 1).find(([other]) => other === process) : undefined;
    return end?.[1] === 'ok' ? [process, kind, f, end[3], more ?? {}] : row;
  });
}

export function jsonl(rows: readonly Row[]): string {
  return events(rows)
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('');
}

export function json(rows: readonly Row[]): string {
  return JSON.stringify(events(rows));
}

export function edn(rows: readonly Row[]): string {
  const member = ([name, value]: [string, unknown]): string => {
    const keyword = name === 'type' || name === 'f' || (name === 'error' && /^[a-z][a-z-]*$/.test(String(value)));
    return `:${name} ${keyword ? `:${value}` : ednOf(value)}`;
  };
  return events(rows)
    .map((event) => `{${Object.entries(event).map(member).join(', ')}}\n`)
    .join('');
}

/** Jepsen's history.txt. */
export function txt(rows: readonly Row[]): string {
  return rows
    .map(([process, kind, f, value = null, more = {}]) => {
      const { error } = more as { error?: string };
      return `${process}\t:${kind}\t:${f}\t${ednOf(value)}${error === undefined ? '' : `\t:${error}`}\n`;
    })
    .join('');
}

/** Jepsen's first logs. */
export function log(rows: readonly Row[]): string {
  return txt(rows)
    .replaceAll(/^/gm, 'INFO  jepsen.util - ')
    .replace(/INFO {2}jepsen.util - $/, '');
}

/** A transaction's micro-operations. */
export type Mops = readonly (readonly ['r' | 'w', number, number | null])[];

/**
 * Sessions of transactions, which formats without time know alone:
 * as Plume's text, raw dbcop, and EDN with completions alone.
 */
export const sessionFormats: Readonly<Record<string, (sessions: readonly (readonly Mops[])[]) => string>> = {
  plume: (sessions) =>
    each(sessions, (mops, session, id) =>
      mops.map(([f, key, value]) => `${f}(${key},${value ?? 0},${session},${id})\n`),
    ),
  dbcop: (sessions) =>
    JSON.stringify(
      sessions.map((session) =>
        session.map((mops) => ({
          events: mops.map(([f, variable, version]) => ({ [f === 'w' ? 'Write' : 'Read']: { variable, version } })),
          committed: true,
        })),
      ),
    ),
  edn: (sessions) =>
    each(sessions, (mops, session) => [`{:process ${session}, :type :ok, :f :txn, :value ${ednOf(mops)}}\n`]),
};

function each(
  sessions: readonly (readonly Mops[])[],
  lines: (mops: Mops, session: number, id: number) => readonly string[],
): string {
  let id = 0;
  return sessions.flatMap((session, at) => session.flatMap((mops) => lines(mops, at, id++))).join('');
}

function events(rows: readonly Row[]): Record<string, unknown>[] {
  return rows.map(([process, type, f, value = null, more], at) => ({
    index: at,
    time: at * 1e6,
    ...(process === null ? {} : { process }),
    type,
    f,
    value,
    ...more,
  }));
}

function ednOf(value: unknown): string {
  if (value === null) return 'nil';
  if (Array.isArray(value))
    return `[${value.map((one, at) => (isName(one, at, value) ? `:${one}` : ednOf(one))).join(' ')}]`;
  if (typeof value === 'object')
    return `{${Object.entries(value as object)
      .map(([name, one]) => `"${name}" ${ednOf(one)}`)
      .join(', ')}}`;
  return JSON.stringify(value);
}

/** The function of a micro-operation is a keyword. */
function isName(one: unknown, at: number, within: readonly unknown[]): boolean {
  return at === 0 && within.length > 1 && typeof one === 'string' && ['r', 'w', 'append', 'send', 'poll'].includes(one);
}
