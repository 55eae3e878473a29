/** The plugin of the build that puts the chapters of the slides into the page, as the module `splitbrain:tour`. */
import { chapterFiles, slideChapters } from './chapters.mjs';

const NAME = 'splitbrain:tour';

export function tour() {
  return {
    name: 'splitbrain-tour',
    resolveId: (name) => (name === NAME ? `\0${NAME}` : undefined),
    load(id) {
      if (id !== `\0${NAME}`) return undefined;
      for (const file of chapterFiles()) this.addWatchFile(file);
      return `export const chapters = ${JSON.stringify(slideChapters())};`;
    },
  };
}
