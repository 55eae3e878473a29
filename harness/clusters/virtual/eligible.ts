/** Whether a program can be put into virtual time, as far as its file tells; what it does shows when it is started. */
import type { Program } from '../../../systems/system.ts';
import { launched } from './launcher.ts';
import { saysQuiet } from './quiet.ts';
import { shim } from './shim.ts';

const WAY_OUT = 'use --cluster processes, which is real time, or let it say when it is quiet (docs/programs.md)';

/** True, or why not and what would help. Throws `BadInput` where the program cannot be started at all. */
export function canBeVirtual(program: Program): true | string {
  const reason = notPreloaded(program);
  if (reason === undefined || saysQuiet(program)) return true;
  return `${reason}; as it is, ${WAY_OUT}`;
}

/** Why no library can be preloaded into the program, if anything keeps it from that. */
export function notPreloaded({ command }: Pick<Program, 'command'>): string | undefined {
  const { head } = launched(command);
  const library = shim();
  if ('missing' in library) return library.missing;
  return hasInterpreter(head)
    ? undefined
    : `${command} is statically linked (Go?), so that its clock cannot be replaced`;
}

const PT_INTERP = 3;

/** Whether an ELF file of 64 bits names a dynamic linker. Its program headers come right after its header. */
function hasInterpreter(head: Buffer): boolean {
  if (head.length < 64 || head[4] !== 2) return true;
  const [at, size, count] = [Number(head.readBigUInt64LE(32)), head.readUInt16LE(54), head.readUInt16LE(56)];
  for (let i = 0; i < count && at + i * size + 4 <= head.length; i++)
    if (head.readUInt32LE(at + i * size) === PT_INTERP) return true;
  return false;
}
