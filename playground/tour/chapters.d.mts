import type { Chapter } from './chapter.ts';

export function slideChapters(): readonly Chapter[];
export function chapterFiles(): readonly string[];
