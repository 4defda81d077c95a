import type { MemberAccount } from '#lib/sandbox/accounts.ts';
import { buildWorld } from '#lib/sandbox/builder/build-world.ts';
import type { World } from '#lib/sandbox/world.ts';

const REGION = 'eu-west-1';
const HOME = 111_111_111_111;
const ROLE = 'cniwatch-reader';

export interface FleetWorlds {
  /** Of the hub, with the clusters of the first account. */
  readonly home: World;
  readonly members: readonly MemberAccount[];
  /** A cniwatch.yaml that names them all. */
  readonly config: string;
}

/** Accounts with so many clusters each, in one Region: small ones, each in a VPC of its own. */
export function fleetWorlds(clusters: readonly number[], now: Date): FleetWorlds {
  const [home, ...others] = clusters.map((count, at) => accountOf(String(HOME + at), count, now));
  if (home === undefined) throw new Error('a fleet has an account at least');
  const entries = others.map(({ account }) => `  - { id: '${account}', role: ${ROLE}, externalId: fleet, regions: [${REGION}] }`);
  return {
    home,
    members: others.map((world) => ({ role: ROLE, externalId: 'fleet', worlds: [world] })),
    config: [`fleet: [{ region: ${REGION} }]`, ...(entries.length > 0 ? ['accounts:', ...entries] : []), ''].join('\n'),
  };
}

function accountOf(account: string, clusters: number, now: Date): World {
  const vpcs = Array.from({ length: clusters }, (_, at) => ({
    name: `vpc-${at}`,
    cidrs: [`10.${at}.0.0/16`],
    subnets: [
      { name: 'private-a', cidr: `10.${at}.0.0/22`, zone: 'a' },
      { name: 'private-b', cidr: `10.${at}.4.0/22`, zone: 'b' },
    ],
    clusters: [
      {
        name: `cluster-${at}`,
        controlPlaneSubnets: ['private-a', 'private-b'],
        nodegroups: [
          {
            name: 'general',
            instanceType: 'm5.large',
            count: 3,
            subnets: ['private-a', 'private-b'],
            podsPerNode: 8,
            maxPods: 29,
          },
        ],
      },
    ],
  }));
  return buildWorld({ account, region: REGION, now, vpcs });
}
