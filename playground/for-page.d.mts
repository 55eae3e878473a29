import type { Plugin } from 'vite';
export function forPage(): Plugin;
