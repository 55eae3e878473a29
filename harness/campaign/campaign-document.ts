/** A campaign as a file of YAML or JSON, or as a module that exports the same: `campaign.ts#nightly`. */
import { isOwnModule } from '../setting/own-module.ts';
import { ownExport, sourceOf } from '../setting/sources.ts';
import { type Document, readDocument, valueDocument } from './document.ts';

const IS_MODULE = /\.[mc]?[jt]s(#|$)/;

/**
 * Reads the file, or loads the module: its default export, or the one that is named after `#`. Rejects with
 * `BadInput` where there is none. Paths in either begin at its folder.
 */
export async function campaignDocument(file: string): Promise<Document> {
  if (!IS_MODULE.test(file)) return readDocument(file);
  const source = sourceOf(isOwnModule(file) ? file : `./${file}`);
  const value = 'module' in source ? await ownExport(source, (exported) => exported) : undefined;
  return valueDocument(value, file.replace(/#[^#]*$/, ''));
}
