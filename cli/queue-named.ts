/** Which queue is meant: an address, or what stands in the environment, where no list of processes shows a password. */
import { UsageError } from './exit.ts';

/** The address for `--queue URL`, or `--queue` alone. Throws where there is none, or it has a password in it. */
export function queueNamed(queue: string | true): string {
  const { SPLITBRAIN_QUEUE: stored } = process.env;
  if (queue === true) {
    if (!stored) throw new UsageError('name the server with --queue, as redis://host:6379, or in SPLITBRAIN_QUEUE');
    return stored;
  }
  if (/^\w+:\/\/[^/@]*:[^/@]+@/.test(queue))
    throw new UsageError('everybody on this machine sees a password in --queue: put the address into SPLITBRAIN_QUEUE');
  return queue;
}
