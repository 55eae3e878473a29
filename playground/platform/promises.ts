/** What lowered code imports. */
export { asynchronous } from './asynchronous.ts';
export { Promise } from './promise.ts';
