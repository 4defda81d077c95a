/**
 * The engines of the subnet checks, cold, in a fresh process: 16 /16 subnets with 50,000 interfaces that hold nearly all of their
 * addresses, half singly and half in prefixes. Prints the milliseconds of each part as one line of JSON.
 */
import type { Instance, NetworkInterface, Subnet } from '#lib/model/ec2.ts';
import { addressShares } from '#lib/network/address-consumers.ts';
import { addressSet } from '#lib/network/address-set.ts';
import { attributionsIn } from '#lib/network/attributions-in.ts';
import { countFreePrefixes } from '#lib/network/free-prefixes.ts';
import { formatIpv4 } from '#lib/network/ipv4.ts';
import { LEAKED_AFTER_MINUTES } from '#lib/network/leaked-enis.ts';
import { nodeInventory } from '#lib/network/node-inventory.ts';
import { prefixBlockers } from '#lib/network/prefix-blockers.ts';
import { subnetMap } from '#lib/network/subnet-map.ts';
import { subnetOccupancy } from '#lib/network/subnet-occupancy.ts';

const SUBNETS = 16;
/** Whose nodes take turns. */
const CLUSTERS = ['blog', 'shop', 'shop', 'shop'];
const ENIS = 50_000 / SUBNETS;
/** Of 100.64.0.0/12. */
const FIRST = 0x64_40_00_00;
const NOW = Date.parse('2026-11-24T03:00:00Z');

/** A third holds prefixes; a quarter is another cluster's, one in a hundred is leaked, one in fifty a load balancer's. */
function interfacesOf(at: number): NetworkInterface[] {
  let single = FIRST + at * 2 ** 16 + 4;
  let prefix = FIRST + (at + 1) * 2 ** 16 - 16;
  return Array.from({ length: ENIS }, (_, index) => {
    const [byPrefix, service, leaked] = [index % 3 === 0, index % 50 === 1, index % 100 === 2];
    const instanceId = `i-${at}-${index}`;
    const singles = byPrefix || service ? 1 : 15;
    if (byPrefix) prefix -= 32;
    return {
      networkInterfaceId: `eni-${at}-${index}`,
      subnetId: `subnet-${at}`,
      vpcId: 'vpc-1',
      availabilityZone: 'eu-west-1a',
      description: service ? 'ELB app/shop/50dc6c495c0c9188' : `aws-K8S-${instanceId}`,
      interfaceType: 'interface',
      status: leaked ? 'available' : 'in-use',
      requesterManaged: service,
      privateIpAddresses: Array.from({ length: singles }, () => formatIpv4(single++)),
      ipv4Prefixes: (byPrefix ? [0, 16] : []).map((on) => `${formatIpv4(prefix + on)}/28`),
      ipv6Addresses: [],
      ipv6Prefixes: [],
      groups: ['sg-1'],
      ...(leaked || service ? {} : attachedTo(instanceId)),
      tags: service ? {} : cniTags(instanceId, CLUSTERS[index % CLUSTERS.length] ?? ''),
    };
  });
}

function attachedTo(instanceId: string): Pick<NetworkInterface, 'attachment'> {
  return { attachment: { instanceId, deviceIndex: 1, networkCardIndex: 0, status: 'attached' } };
}

function cniTags(instanceId: string, cluster: string): Record<string, string> {
  return {
    'node.k8s.amazonaws.com/instance_id': instanceId,
    'node.k8s.amazonaws.com/createdAt': '2026-11-20T03:00:00Z',
    'cluster.k8s.amazonaws.com/name': cluster,
  };
}

// As a Snapshot's, whose texts come from a parser and are not yet numbers to anybody.
const worlds: readonly { subnet: Subnet; interfaces: NetworkInterface[] }[] = JSON.parse(
  JSON.stringify(
    Array.from({ length: SUBNETS }, (_, at) => ({
      subnet: {
        subnetId: `subnet-${at}`,
        vpcId: 'vpc-1',
        availabilityZone: 'eu-west-1a',
        cidrBlock: `${formatIpv4(FIRST + at * 2 ** 16)}/16`,
        ipv6CidrBlocks: [],
        availableIpAddressCount: 900,
        tags: {},
      },
      interfaces: interfacesOf(at),
    })),
  ),
);
// Joined before, once for all checks.
const instances: Instance[] = worlds.flatMap(({ interfaces }) =>
  interfaces.flatMap(({ attachment }, index) => {
    const cluster = CLUSTERS[index % CLUSTERS.length] ?? '';
    if (attachment?.instanceId === undefined) return [];
    return [
      { instanceId: attachment.instanceId, instanceType: 'm5.large', state: 'running', tags: { 'eks:cluster-name': cluster } },
    ];
  }),
);
const all = worlds.flatMap(({ interfaces }) => interfaces);
const { identity } = nodeInventory('shop', undefined, instances, all, undefined);
/** A pod on every second address of each lower half, numbers from the start: reading them is the pods' part of a check. */
const pods = addressSet(
  Array.from({ length: SUBNETS * 2 ** 14 }, (_, pod) => FIRST + 2 ** 16 * Math.floor(pod / 2 ** 14) + 2 * (pod % 2 ** 14)),
);

const spent = { occupancy: 0, attribution: 0, 'free prefixes': 0, blockers: 0, consumers: 0, map: 0 };
let last = performance.now();
const lap = (part: keyof typeof spent): void => {
  const now = performance.now();
  spent[part] += now - last;
  last = now;
};
let held = 0;
for (const { subnet, interfaces } of worlds) {
  const occupancy = subnetOccupancy(subnet, interfaces);
  if (occupancy === undefined) throw new Error(`${subnet.cidrBlock} is no block`);
  lap('occupancy');
  const attributions = attributionsIn(interfaces, identity, NOW, LEAKED_AFTER_MINUTES);
  lap('attribution');
  countFreePrefixes(occupancy, subnet.availableIpAddressCount, []);
  lap('free prefixes');
  prefixBlockers(occupancy, { reservations: [], attributions, clusterName: identity.name, limit: 10 });
  lap('blockers');
  addressShares(occupancy, attributions, pods);
  lap('consumers');
  subnetMap(occupancy, [], attributions);
  lap('map');
  held += occupancy.held;
}
console.log(JSON.stringify({ held, interfaces: SUBNETS * ENIS, spent }));
