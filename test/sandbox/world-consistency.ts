import type { NetworkInterface } from '#lib/model/ec2.ts';
import { addressesOf, blockOf } from '#lib/sandbox/block.ts';
import { ipv6AddressesIn } from '#lib/sandbox/builder/ipv6-space.ts';
import { instanceTypeTable } from '#lib/sandbox/instance-types.ts';
import { interfaceLimit } from '#lib/sandbox/interface-limits.ts';
import type { KubernetesObject, World, WorldCluster } from '#lib/sandbox/world.ts';

interface PodParts {
  readonly spec: { readonly nodeName: string; readonly hostNetwork?: boolean };
  readonly status: { readonly phase: string; readonly podIP?: string };
}

/** What cannot be in AWS and Kubernetes, one sentence each; empty for a world that could be real. */
export function contradictions(world: World): string[] {
  return [
    ...idTrouble(world),
    ...addressTrouble(world),
    ...limitTrouble(world),
    ...world.clusters.flatMap((cluster) => clusterTrouble(world, cluster)),
  ];
}

function idTrouble({
  vpcs,
  subnets,
  networkInterfaces,
  instances,
  securityGroups,
  securityGroupRules,
  ...world
}: World): string[] {
  const ids = [
    ...vpcs.map(({ vpcId }) => vpcId),
    ...subnets.map(({ subnetId }) => subnetId),
    ...networkInterfaces.map(({ networkInterfaceId }) => networkInterfaceId),
    ...instances.map(({ instanceId }) => instanceId),
    ...securityGroups.map(({ groupId }) => groupId),
    ...securityGroupRules.map(({ securityGroupRuleId }) => securityGroupRuleId),
    ...world.networkAcls.map(({ networkAclId }) => networkAclId),
    ...world.subnetCidrReservations.map(({ subnetCidrReservationId }) => subnetCidrReservationId),
  ];
  const known = new Set(ids);
  const groups = networkInterfaces.flatMap((eni) => eni.groups.map((group) => [eni.networkInterfaceId, group] as const));
  return [
    ...[...Map.groupBy(ids, (id) => id)].filter(([, same]) => same.length > 1).map(([id]) => `${id} is there twice`),
    ...groups.filter(([, group]) => !known.has(group)).map(([eni, group]) => `${eni} bears ${group}, which is not there`),
  ];
}

function heldBy({ privateIpAddresses, ipv4Prefixes }: NetworkInterface): string[] {
  return [...privateIpAddresses, ...ipv4Prefixes.flatMap(addressesOf)];
}

function addressTrouble({ subnets, networkInterfaces }: World): string[] {
  const holders = new Map<string, string>();
  const blocks = new Map(subnets.map(({ subnetId, cidrBlock }) => [subnetId, cidrBlock]));
  const trouble: string[] = [];
  for (const eni of networkInterfaces) {
    const cidr = blocks.get(eni.subnetId);
    if (cidr === undefined) trouble.push(`${eni.networkInterfaceId} is in no subnet`);
    const all = cidr === undefined ? [] : addressesOf(cidr);
    const usable = new Set(all.slice(4, -1));
    for (const address of heldBy(eni)) {
      const holder = holders.get(address);
      if (holder !== undefined) trouble.push(`${address} is held by ${holder} and ${eni.networkInterfaceId}`);
      if (!usable.has(address)) trouble.push(`${address} of ${eni.networkInterfaceId} cannot be had in ${cidr}`);
      holders.set(address, eni.networkInterfaceId);
    }
    for (const prefix of eni.ipv4Prefixes) if (blockOf(prefix).first % 16 !== 0) trouble.push(`${prefix} is not aligned`);
  }
  return trouble;
}

function limitTrouble({ instances, networkInterfaces }: World): string[] {
  const types = new Map(instanceTypeTable().map((type) => [type.instanceType, type]));
  const attached = Map.groupBy(networkInterfaces, (eni) => eni.attachment?.instanceId);
  const known = new Set<string | undefined>([undefined, ...instances.map(({ instanceId }) => instanceId)]);
  const nowhere = [...attached.keys()].filter((id) => !known.has(id)).map((id) => `${id} has interfaces and is not there`);
  const each = instances.flatMap(({ instanceId, instanceType }) => {
    const type = types.get(instanceType);
    const enis = attached.get(instanceId) ?? [];
    if (type === undefined) return [`${instanceId} is of no known type`];
    const indexes = enis.map((eni) => eni.attachment?.deviceIndex).sort();
    return [
      ...(enis.length > interfaceLimit(type) ? [`${instanceId} has ${enis.length} interfaces`] : []),
      ...(new Set(indexes).size === enis.length && indexes[0] === 0 ? [] : [`${instanceId} has interfaces at ${indexes}`]),
      ...(type.hypervisor === 'xen' && enis.some((eni) => eni.ipv4Prefixes.length > 0)
        ? [`${instanceType} takes no prefixes`]
        : []),
      ...enis
        .filter((eni) => eni.privateIpAddresses.length + eni.ipv4Prefixes.length > type.ipv4AddressesPerInterface)
        .map((eni) => `${eni.networkInterfaceId} holds more than an interface of ${instanceType} does`),
    ];
  });
  return [...nowhere, ...each];
}

function clusterTrouble(world: World, { kubernetes, name }: WorldCluster): string[] {
  const of = (plural: string) => kubernetes.find((kind) => kind.plural === plural)?.items ?? [];
  const attached = Map.groupBy(world.networkInterfaces, (eni) => eni.attachment?.instanceId);
  const interfaces = new Map(of('nodes').map((node) => [node.metadata.name, attached.get(instanceIdOf(node)) ?? []]));
  const branches = Map.groupBy(world.networkInterfaces, ({ tags }) => tags['vpcresources.k8s.aws/trunk-eni-id']);
  const fargate = new Map(
    of('nodes')
      .filter(isFargate)
      .map((node) => [node.metadata.name, addressOf(node)]),
  );
  const seen = new Set<string>();
  const trouble: string[] = [];
  for (const kind of kubernetes) {
    const names = kind.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    if (new Set(names).size !== names.length) trouble.push(`${name} has ${kind.plural} of one name`);
  }
  for (const pod of of('pods')) {
    const { spec, status } = pod as unknown as PodParts;
    const enis = interfaces.get(spec.nodeName);
    const label = `${name}: ${pod.metadata.name}`;
    if (enis === undefined) trouble.push(`${label} is on no node`);
    if (status.podIP === undefined || spec.hostNetwork) continue;
    if (seen.has(status.podIP)) trouble.push(`${label} shares ${status.podIP}`);
    seen.add(status.podIP);
    if (!carriedBy(enis ?? [], branches, fargate.get(spec.nodeName)).has(status.podIP))
      trouble.push(`${label} has ${status.podIP}, which its node's interfaces do not hold for pods`);
  }
  return trouble;
}

/** Addresses that a node's pods can have: of its interfaces, of its trunk's branches, or Fargate's one. */
function carriedBy(
  enis: readonly NetworkInterface[],
  branches: ReadonlyMap<string | undefined, readonly NetworkInterface[]>,
  fargate: string | undefined,
): ReadonlySet<string> {
  const ipv6 = enis.flatMap(({ ipv6Prefixes }) => ipv6Prefixes.flatMap((prefix) => ipv6AddressesIn(prefix, 250)));
  const onTrunk = enis.flatMap(({ networkInterfaceId }) => branches.get(networkInterfaceId) ?? []);
  const own = enis.filter(({ interfaceType }) => interfaceType !== 'trunk').flatMap((eni) => heldBy(eni).slice(1));
  return new Set([...own, ...ipv6, ...onTrunk.flatMap(heldBy), ...(fargate === undefined ? [] : [fargate])]);
}

function isFargate({ metadata }: KubernetesObject): boolean {
  return metadata.labels?.['eks.amazonaws.com/compute-type'] === 'fargate';
}

function addressOf({ status }: KubernetesObject): string {
  return (status as { addresses: { address: string }[] }).addresses[0]?.address ?? '';
}

function instanceIdOf({ spec }: KubernetesObject): string {
  return (spec as { providerID: string }).providerID.split('/').at(-1) ?? '';
}
