/** Where the tour stops: the slides that have a chapter, and the one about metrics, which has no design. */
import { chapters } from 'splitbrain:tour';
import type { Block } from './chapter.ts';

/** The slide that scores a system. */
export const METRICS = 13;

interface Stop {
  readonly slide: number;
  readonly title: string;
  /** The first sentence of its page. */
  readonly says: string;
}

export const stops: readonly Stop[] = [
  ...chapters.map(({ slide, title, shows }) => ({ slide, title, says: firstSentence(shows) })),
  { slide: METRICS, title: 'A score for a system', says: 'A system that answers nothing scores well.' },
];

export function stopOf(slide: number | undefined): Stop | undefined {
  return stops.find((one) => one.slide === slide);
}

function firstSentence(blocks: readonly Block[]): string {
  const prose = blocks.find((block) => block.kind === 'text');
  const text = prose?.parts.map((part) => part.text).join('') ?? '';
  return /^.*?[.:](?= |$)/.exec(text)?.[0].replace(/:$/, '.') ?? text;
}
