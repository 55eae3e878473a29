/** What PostgreSQL may say to a COMMIT: https://www.postgresql.org/docs/18/protocol-message-formats.html. */
import type { Staged } from '../database.ts';

function message(kind: string, body: string): string {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + length.length);
  return `${kind}${length.toString('latin1')}${body}`;
}

const READY = message('Z', 'I');
const error = (state: string, severity: string) =>
  message('E', `S${severity}\0C${state}\0Mas it is staged\0\0`) + (severity === 'FATAL' ? '' : READY);

export const staged: readonly Staged[] = [
  {
    ...{ says: 'a transaction that had failed', to: 'commit', is: 'fail', looksDone: true },
    response: () => message('C', 'ROLLBACK\0') + READY,
  },
  { says: 'no serial order', to: 'commit', is: 'fail', response: () => error('40001', 'ERROR') },
  { says: 'an error of input or output', to: 'commit', is: 'info', response: () => error('58030', 'ERROR') },
  { says: 'an end by the administrator', to: 'commit', is: 'info', response: () => error('57P01', 'FATAL') },
  { says: 'an insertion that is refused', to: 'insert', is: 'fail', response: () => error('23505', 'ERROR') },
];
