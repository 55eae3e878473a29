/** What the bundler makes of names that no file has. */
declare module '*?worker&inline' {
  const InlineWorker: new () => Worker;
  export default InlineWorker;
}
declare module '*.css';
/** The page of a report, gzipped, as base64. */
declare module 'splitbrain:report-page' {
  const packed: string;
  export default packed;
}
/** The titles of the designs' chapters, by folder: `1. Synchronous replication`. */
declare module 'splitbrain:chapters' {
  export const chapters: Readonly<Record<string, string>>;
}
