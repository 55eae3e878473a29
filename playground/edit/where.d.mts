import type { Pieces } from './assembled.ts';

export function whereDesignsAre(paths: readonly string[]): Promise<Pieces['designs']>;
