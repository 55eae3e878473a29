/** What the bundler makes of names that no file has. */
declare module '*?worker&inline' {
  const InlineWorker: new () => Worker;
  export default InlineWorker;
}
declare module '*.css';
/** The titles of the designs' chapters, by folder: `1. Synchronous replication`. */
declare module 'splitbrain:chapters' {
  export const chapters: Readonly<Record<string, string>>;
}
