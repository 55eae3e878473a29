/**
 * The harness could not do its work, or a system broke its contract with it: an error with
 * exit code 255, never a verdict. The message says what was wrong, where, and what to do.
 */
export class HarnessFailure extends Error {
  override readonly name = 'HarnessFailure';
}

/** An argument, file or name that cannot be: exit code 254. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

/** Why a file or folder could not be read, of which this error was thrown. */
export function unreadText(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read: ${message}`;
}

/**
 * An error of a system's code in one line: what it says, and the place in that code.
 * A whole stack would be of the harness, mostly. Never throws, whatever was thrown.
 */
export function errorText(error: unknown): string {
  try {
    if (!(error instanceof Error)) return String(error);
    const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
    const place = frames.find((line) => !/node:|[/\\]harness[/\\]/.test(line))?.trim();
    return place ? `${error.message} (${place})` : String(error.message);
  } catch {
    return 'something was thrown that cannot be shown';
  }
}

/** The same with all places, for a node's log. Never throws, whatever was thrown. */
export function stackOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.stack ?? error.message) : String(error);
  } catch {
    return 'something was thrown that cannot be shown';
  }
}

/** What a node wrote, as a part of a message: no line of it begins where one of ours could. */
export function barred(lines: string): string {
  return lines.replace(/^/gm, '| ');
}
