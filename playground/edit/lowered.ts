/** Edited code as the frame's worker runs it: lowered as the build lowers modules. */
import { lowered } from '../lowering.mjs';
import type { Refusal } from './runner.ts';

/** A refusal with the line where the code is no JavaScript. */
export function loweredEdited(code: string): { readonly code: string } | Refusal {
  try {
    return lowered(code, { filename: 'my.mjs', modules: 'commonjs' });
  } catch (error) {
    const { message, loc } = error as Error & { readonly loc?: { readonly line: number } };
    // Babel adds a drawing of the place, which the editor shows itself.
    const [says = ''] = message.replace(/^.*?my\.mjs: /, '').split('\n');
    return { error: says.replace(/ \(\d+:\d+\)$/, ''), ...(loc ? { line: loc.line } : {}) };
  }
}
