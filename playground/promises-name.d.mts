export const PROMISES: string;
