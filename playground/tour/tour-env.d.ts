/** What the build makes of the chapters (plugin.mjs). */
declare module 'splitbrain:tour' {
  export const chapters: readonly import('./chapter.ts').Chapter[];
}
