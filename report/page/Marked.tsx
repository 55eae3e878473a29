import { Fragment } from 'preact';

/** A sentence in which what stands between › and ‹ is marked: it is what differs. */
export function Marked({ text }: { readonly text: string }) {
  return (
    <bdi>
      {text
        .split(/(›[^›‹]*‹)/)
        .map((part, place) =>
          place % 2 === 1 ? (
            <mark key={`${place}`}>{part.slice(1, -1)}</mark>
          ) : (
            <Fragment key={`${place}`}>{part}</Fragment>
          ),
        )}
    </bdi>
  );
}
