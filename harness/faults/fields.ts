/** What the fields of faults that a module or a file gives can be; which numbers a kind takes its meaning says. */
export const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
export const isWord = (value: unknown): boolean => typeof value === 'string';
export const isList = (value: unknown): boolean => Array.isArray(value) && value.every(isWord);
export const isCut = (value: unknown): boolean =>
  Array.isArray(value) && value.every((pair) => isList(pair) && (pair as readonly unknown[]).length === 2);

const ROLES = ['primary', 'one', 'minority', 'majority', 'all'];
export const isTargets = (value: unknown): boolean => isList(value) || ROLES.includes(value as string);
