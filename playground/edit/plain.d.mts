import type { Pieces } from './assembled.ts';

export function plainModules(): Pieces['modules'];
