import type { Subnet } from '#lib/model/ec2.ts';
import type { SliceData } from '#lib/model/snapshot.ts';
import { formatIpv4, parseIpv4 } from '#lib/network/ipv4.ts';
import { aNode, aNodeEni, aNodegroup, anInstance, anInstanceType, aPod, aSubnet, awsNode } from '#test/scenarios/slices.ts';

export interface SmallCluster {
  /** Nodes in each zone, a and b; each in its zone's /24. */
  readonly nodes?: number;
  readonly podsPerNode?: number;
  readonly maxPods?: number;
  /** Addresses of each zone's subnet that somebody else holds, from its end on. */
  readonly taken?: number;
  readonly cniEnv?: Readonly<Record<string, string>>;
}

/**
 * m5.large nodes over two zones under the VPC CNI, with the interfaces that WARM_ENI_TARGET=1 has for their pods, 10 addresses each:
 * slices to build a Snapshot from, `over` any of them.
 */
export function aSmallCluster(
  { nodes = 2, podsPerNode = 4, maxPods = 29, taken = 0, cniEnv = {} }: SmallCluster = {},
  over: Partial<SliceData> = {},
): Partial<SliceData> {
  const zones = ['a', 'b'].map((letter, index) => zone(letter, `10.0.${index}`, { nodes, podsPerNode, maxPods, taken }));
  return {
    subnets: zones.map(({ subnet }) => subnet),
    networkInterfaces: zones.flatMap(({ interfaces }) => interfaces),
    instances: zones.flatMap(({ instances }) => instances),
    instanceTypes: [
      anInstanceType(),
      anInstanceType({ instanceType: 'm5.xlarge', vcpus: 4, maximumNetworkInterfaces: 4, ipv4AddressesPerInterface: 15 }),
    ],
    nodegroups: [aNodegroup({ subnets: zones.map(({ subnet }) => subnet.subnetId), maxUnavailable: 1 })],
    nodes: zones.flatMap(({ joined }) => joined),
    pods: zones.flatMap(({ pods }) => pods),
    daemonSets: [awsNode(cniEnv)],
    ...over,
  };
}

function zone(letter: string, network: string, { nodes, podsPerNode, maxPods, taken }: Required<Omit<SmallCluster, 'cniEnv'>>) {
  const availabilityZone = `eu-west-1${letter}`;
  const subnetId = `subnet-${letter}`;
  const at = (offset: number) => formatIpv4((parseIpv4(`${network}.0`) ?? 0) + offset);
  const ids = Array.from({ length: nodes }, (_, index) => `i-${letter}${index}`);
  const enis = Math.min(3, 1 + Math.ceil(podsPerNode / 9));
  const addresses = (index: number, eni: number) =>
    Array.from({ length: 10 }, (_, slot) => at(4 + 10 * (enis * index + eni) + slot));
  const podAddress = (index: number, pod: number) => addresses(index, Math.floor(pod / 9))[1 + (pod % 9)] ?? '';
  const subnet: Subnet = aSubnet({
    subnetId,
    availabilityZone,
    cidrBlock: `${network}.0/24`,
    availableIpAddressCount: 251 - 10 * enis * nodes - taken,
  });
  return {
    subnet,
    interfaces: [
      ...ids.flatMap((id, index) =>
        Array.from({ length: enis }, (_, eni) =>
          aNodeEni(id, eni, { subnetId, availabilityZone, privateIpAddresses: addresses(index, eni) }),
        ),
      ),
      ...(taken === 0
        ? []
        : [
            aNodeEni('i-other', 0, {
              networkInterfaceId: `eni-other-${letter}`,
              subnetId,
              availabilityZone,
              privateIpAddresses: Array.from({ length: taken }, (_, index) => at(254 - index)),
            }),
          ]),
    ],
    instances: ids.map((instanceId) => anInstance({ instanceId, subnetId, availabilityZone })),
    joined: ids.map((instanceId, index) =>
      aNode({
        name: instanceId,
        instanceId,
        labels: { ...aNode().labels, 'topology.kubernetes.io/zone': availabilityZone },
        internalIps: [addresses(index, 0)[0] ?? ''],
        allocatablePods: maxPods,
      }),
    ),
    pods: ids.flatMap((nodeName, index) =>
      Array.from({ length: podsPerNode }, (_, pod) =>
        aPod({ name: `${nodeName}-${pod}`, nodeName, podIps: [podAddress(index, pod)] }),
      ),
    ),
  };
}
