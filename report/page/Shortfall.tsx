/** A banner where there are fewer runs than were planned: what stands below it is only of those that there are. */
export function Shortfall({ says }: { readonly says: readonly string[] }) {
  if (says.length === 0) return null;
  return (
    <p class="shortfall" role="note">
      <b>Not all was run.</b> <bdi>{says.join(' ')}</bdi>
    </p>
  );
}
