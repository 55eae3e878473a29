import { Refused } from '../systems/node.ts';

/**
 * What a request comes to. Rejects with `Refused` where its error is one by which the server says that it did nothing;
 * every other error leaves open what happened.
 */
export async function definitely<T>(request: Promise<T>, saysSo: (error: unknown) => boolean): Promise<T> {
  return request.catch((error: unknown) => {
    throw saysSo(error) ? new Refused((error as Error).message) : error;
  });
}
