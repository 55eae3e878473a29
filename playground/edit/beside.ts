/** The scripts beside the page that editing needs, loaded when somebody edits. */
import { loadBeside } from '../page/beside.ts';
import type { Pieces } from './assembled.ts';
import type { EditorScript } from './editor.ts';

const place = globalThis as { splitbrainEditor?: EditorScript; splitbrainPieces?: Pieces };

/** Rejects with a sentence where a file is not there. */
export async function editorAndPieces(): Promise<{ readonly editor: EditorScript; readonly pieces: Pieces }> {
  await Promise.all([loadBeside('editor.js'), loadBeside('pieces.js')]);
  return { editor: place.splitbrainEditor as EditorScript, pieces: place.splitbrainPieces as Pieces };
}
