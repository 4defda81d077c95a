import type { Instance, InstanceType, NetworkInterface } from '#lib/model/ec2.ts';
import { addressesOf } from '#lib/sandbox/block.ts';
import { ipv6AddressesIn } from '#lib/sandbox/builder/ipv6-space.ts';
import { addressesOfPod, isHostNetwork, nodeOf } from '#lib/sandbox/controllers/pod-state.ts';
import { instanceTypeTable } from '#lib/sandbox/instance-types.ts';
import type { LiveCluster } from '#lib/sandbox/live-world.ts';
import type { KubernetesObject } from '#lib/sandbox/world.ts';

/** An instance that is a node, and what carries its pods: branches and the trunk are left out. */
export interface NodeInstance {
  readonly instance: Instance;
  readonly type: InstanceType;
  /** By their place on the instance. */
  readonly interfaces: readonly NetworkInterface[];
}

/** Undefined for a node that is no instance of this account, as on Fargate. */
export function instanceOfNode({ store, live }: LiveCluster, nodeName: string): NodeInstance | undefined {
  const node = store.get({ apiVersion: 'v1', plural: 'nodes' }, undefined, nodeName);
  const { providerID = '' } = (node?.['spec'] ?? {}) as { readonly providerID?: string };
  const { instances, instanceTypes, networkInterfaces } = live.world;
  const instance = instances.find(({ instanceId }) => instanceId === providerID.split('/').at(-1));
  const type = [...instanceTypes, ...instanceTypeTable()].find(({ instanceType }) => instanceType === instance?.instanceType);
  if (instance === undefined || type === undefined) return undefined;
  const interfaces = networkInterfaces
    .filter(({ attachment, interfaceType }) => attachment?.instanceId === instance.instanceId && interfaceType === 'interface')
    .sort((one, other) => (one.attachment?.deviceIndex ?? 0) - (other.attachment?.deviceIndex ?? 0));
  return { instance, type, interfaces };
}

/** Pods of a node that have an address of its interfaces, or want one. */
export function podsWithAddresses({ store }: LiveCluster, nodeName: string): readonly KubernetesObject[] {
  const pods = store.find({ apiVersion: 'v1', plural: 'pods' })?.items ?? [];
  return pods.filter((pod) => nodeOf(pod) === nodeName && !isHostNetwork(pod) && !isOver(pod));
}

/** An address that the node has and no pod uses. Prefixes of IPv6 never run out. */
export function freeAddress(cluster: LiveCluster, nodeName: string): string | undefined {
  const used = new Set(podsWithAddresses(cluster, nodeName).flatMap(addressesOfPod));
  const enis = instanceOfNode(cluster, nodeName)?.interfaces ?? [];
  const ipv6 = enis.flatMap(({ ipv6Prefixes }) => ipv6Prefixes).flatMap((prefix) => ipv6AddressesIn(prefix, used.size + 1));
  const ipv4 = enis.flatMap((eni) => [...eni.privateIpAddresses.slice(1), ...eni.ipv4Prefixes.flatMap(addressesOf)]);
  return (ipv6.length > 0 ? ipv6 : ipv4).find((address) => !used.has(address));
}

/** A pod that has ended has given its address back. */
function isOver(pod: KubernetesObject): boolean {
  const { phase } = (pod['status'] ?? {}) as { readonly phase?: string };
  return phase === 'Succeeded' || phase === 'Failed';
}
