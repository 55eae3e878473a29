export const FRAME: string;
export const FRAME_SCRIPT: string;
