/** What the bundler makes of names that no file has. */
declare module '*.css';
/** The text of the worker that runs edited code, before that code. */
declare module 'splitbrain:sandbox' {
  const text: string;
  export default text;
}
/** The titles of the designs' chapters, by folder: `1. Synchronous replication`. */
declare module 'splitbrain:chapters' {
  export const chapters: Readonly<Record<string, string>>;
}
