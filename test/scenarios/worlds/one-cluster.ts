import { buildWorld } from '#lib/sandbox/builder/build-world.ts';
import type { World } from '#lib/sandbox/world.ts';

/** An account and Region with small clusters of these names, and tags on them. */
export function accountWorld(
  { account, region, now }: { readonly account: string; readonly region: string; readonly now: Date },
  clusters: Readonly<Record<string, Readonly<Record<string, string>>>>,
): World {
  const world = buildWorld({
    account,
    region,
    now,
    vpcs: [
      {
        name: 'main',
        cidrs: ['10.0.0.0/16'],
        subnets: [{ name: 'a', cidr: '10.0.0.0/22', zone: 'a' }],
        clusters: Object.keys(clusters).map((name) => ({ name, controlPlaneSubnets: ['a'], nodegroups: [] })),
      },
    ],
  });
  return {
    ...world,
    clusters: world.clusters.map((cluster) => ({ ...cluster, eks: { ...cluster.eks, tags: clusters[cluster.name] ?? {} } })),
  };
}
