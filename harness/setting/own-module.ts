/** How the name of a module, or of a program, of the user's own begins. */
export const OWN_MODULE = /^(\.{0,2}[/\\]|file:|bin:)/;

/** Whether a system's name is the path of a module of the user's own, or names a program. */
export function isOwnModule(name: string): boolean {
  return OWN_MODULE.test(name);
}
