/**
 * Latencies as a histogram of bounded relative error, after HdrHistogram (Tene, 2012): buckets are linear
 * within a power of two and so grow with what they hold. Counts of several runs add up, which quantiles do not.
 *
 * A latency in whole microseconds falls into one of 128 buckets for its power of two,
 * so that a bucket's upper end is above the latency by less than 1/128, and exact below
 * 256 µs. Quantiles are upper ends: never too small, and too large by less than 0.8%.
 */

/** Each power of two is cut into so many buckets. */
const BITS = 7;
const PARTS = 1 << BITS;

/** Counts by bucket; a place where nothing fell is absent. */
export class Histogram {
  private readonly counts = new Map<number, number>();
  count = 0;

  /** Adds a latency in ms, so many times. */
  add(ms: number, times = 1): void {
    this.addAt(bucketOf(Math.max(0, Math.round(ms * 1000))), times);
  }

  /** Adds all that another histogram, as its text has it, holds. */
  addAll(text: string): this {
    for (const pair of text.split(' ')) {
      const [bucket, times] = pair.split(':').map(Number);
      if (bucket !== undefined && times !== undefined) this.addAt(bucket, times);
    }
    return this;
  }

  /** The latency in ms that this share of all do not exceed (nearest rank); nothing where there is none. */
  quantile(share: number): number | undefined {
    if (this.count === 0) return undefined;
    const rank = Math.max(1, Math.ceil(share * this.count));
    let seen = 0;
    for (const [bucket, times] of this.sorted()) {
      seen += times;
      if (seen >= rank) return upperEnd(bucket) / 1000;
    }
    return undefined;
  }

  /** `bucket:count` for each bucket that holds something, in order: how it is stored. */
  toString(): string {
    return this.sorted()
      .map(([bucket, times]) => `${bucket}:${times}`)
      .join(' ');
  }

  private addAt(bucket: number, times: number): void {
    this.counts.set(bucket, (this.counts.get(bucket) ?? 0) + times);
    this.count += times;
  }

  private sorted(): [bucket: number, times: number][] {
    return [...this.counts].sort((a, b) => a[0] - b[0]);
  }
}

function bucketOf(us: number): number {
  if (us < 2 * PARTS) return us;
  const octave = Math.floor(Math.log2(us)) - BITS;
  return octave * PARTS + Math.floor(us / 2 ** octave);
}

/** The largest whole number of microseconds that falls into the bucket. */
function upperEnd(bucket: number): number {
  if (bucket < 2 * PARTS) return bucket;
  const octave = Math.floor(bucket / PARTS) - 1;
  return (bucket - octave * PARTS + 1) * 2 ** octave - 1;
}
