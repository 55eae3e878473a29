/** The clusters there are, by name. */
export const CLUSTER_NAMES = ['simulation', 'processes'] as const;
/** What `--cluster` takes. */
export type ClusterName = (typeof CLUSTER_NAMES)[number];
