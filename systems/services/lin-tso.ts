import { type Service, unknownRequest } from './service.ts';

/** A timestamp oracle: numbers from 0 on, each one more than the last. */
export function linTso(): Service {
  let next = 0;
  return (request) => (request.type === 'ts' ? { type: 'ts_ok', ts: next++ } : unknownRequest('lin-tso', request));
}
