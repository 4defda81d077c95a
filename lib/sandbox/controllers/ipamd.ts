/** What ipamd does when it starts, under the environment that its DaemonSet gives it. */
import type { NetworkInterface } from '#lib/model/ec2.ts';
import { blockOf } from '#lib/sandbox/block.ts';
import { awsId } from '#lib/sandbox/builder/ids.ts';
import { type Carrier, growPool, type IpamdSettings, ipamdSettings, isTooLow, type Pool } from '#lib/sandbox/builder/ipamd.ts';
import type { SubnetDraft } from '#lib/sandbox/builder/vpc.ts';
import { instanceOfNode, type NodeInstance, podsWithAddresses } from '#lib/sandbox/controllers/node-addresses.ts';
import { addressesOfPod } from '#lib/sandbox/controllers/pod-state.ts';
import type { LiveCluster } from '#lib/sandbox/live-world.ts';
import type { KubernetesObject } from '#lib/sandbox/world.ts';
import { subnetSpace } from '#lib/sandbox/writes/subnet-space.ts';

interface EniCarrier extends Carrier {
  readonly eni: NetworkInterface;
}

/**
 * Lets go of what the new mode does not use and no pod has, then grows or shrinks the pool to the warm targets. What pods have stays,
 * so that a node may hold single addresses and prefixes side by side.
 * Source: amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, nodeInit and updateIPPoolIfRequired.
 * @returns pods that wait and can have an address now
 */
export function settlePool(cluster: LiveCluster, nodeName: string): readonly KubernetesObject[] {
  const node = instanceOfNode(cluster, nodeName);
  const env = agentEnv(cluster);
  if (node === undefined || env === undefined || env['ENABLE_IPv6'] === 'true') return [];
  const settings = ipamdSettings(env, node.type);
  const isCustom = env['AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG'] === 'true';
  const pods = podsWithAddresses(cluster, nodeName);
  const used = new Set(pods.flatMap(addressesOfPod));
  const carriers = carriersOf(cluster, isCustom ? node.interfaces.slice(1) : node.interfaces);
  for (const carrier of carriers) releaseOtherMode(carrier, settings, used);
  const pool: Pool = {
    type: node.type,
    settings,
    pods: pods.length,
    attached: attachedTo(cluster, node),
    carriers: [...carriers],
    drafts: [...new Map(carriers.map(({ draft }) => [draft.subnet.subnetId, draft])).values()],
  };
  shrink(pool, used);
  const made: EniCarrier[] = [];
  growPool(pool, (draft) => {
    const carrier = attached(cluster, node, draft, pool.attached);
    made.push(carrier);
    return carrier;
  });
  keep(cluster, [...carriers, ...made]);
  return pods.filter((pod) => addressesOfPod(pod).length === 0);
}

/** Literal values alone; undefined where the cluster has no agent. */
export function agentEnv({ store }: LiveCluster): Readonly<Record<string, string>> | undefined {
  const daemonSet = store.get({ apiVersion: 'apps/v1', plural: 'daemonsets' }, 'kube-system', 'aws-node');
  const { template } = (daemonSet?.['spec'] ?? {}) as {
    readonly template?: { readonly spec: { readonly containers: readonly Agent[] } };
  };
  const agent = template?.spec.containers.find(({ name }) => name === 'aws-node');
  if (agent === undefined) return undefined;
  return Object.fromEntries((agent.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}

interface Agent {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

function carriersOf({ live }: LiveCluster, interfaces: readonly NetworkInterface[]): readonly EniCarrier[] {
  const drafts = new Map<string, SubnetDraft>();
  return interfaces.flatMap((eni) => {
    const subnet = live.world.subnets.find(({ subnetId }) => subnetId === eni.subnetId);
    if (subnet === undefined) return [];
    const draft = drafts.get(eni.subnetId) ?? { subnet, space: subnetSpace(live.world, eni.subnetId) };
    drafts.set(eni.subnetId, draft);
    return [{ eni, draft, addresses: [...eni.privateIpAddresses], prefixes: [...eni.ipv4Prefixes] }];
  });
}

/** All that are attached, the trunk among them: each takes one of the instance's places. */
function attachedTo({ live }: LiveCluster, { instance }: NodeInstance): number {
  return live.world.networkInterfaces.filter(
    ({ attachment, interfaceType }) => attachment?.instanceId === instance.instanceId && interfaceType !== 'branch',
  ).length;
}

function releaseOtherMode({ draft, addresses, prefixes }: EniCarrier, settings: IpamdSettings, used: ReadonlySet<string>): void {
  const idle = settings.prefixDelegation
    ? addresses.slice(1).filter((address) => !used.has(address))
    : prefixes.filter((prefix) => isIdle(prefix, used));
  for (const each of idle) {
    remove(settings.prefixDelegation ? addresses : prefixes, each);
    draft.space.release(each);
  }
}

/** Only targets of addresses or prefixes shrink a pool: warm interfaces are let go whole, which this leaves. */
function shrink(pool: Pool, used: ReadonlySet<string>): void {
  const { prefixDelegation, warmIpTarget, minimumIpTarget } = pool.settings;
  if (!prefixDelegation && warmIpTarget === undefined && minimumIpTarget === undefined) return;
  for (const { draft, addresses, prefixes } of pool.carriers.toReversed()) {
    const idle = [
      ...prefixes.filter((prefix) => isIdle(prefix, used)).map((each) => ({ of: prefixes, each })),
      ...addresses
        .slice(1)
        .filter((address) => !used.has(address))
        .map((each) => ({ of: addresses, each })),
    ];
    for (const { of, each } of idle.toReversed()) {
      const at = of.indexOf(each);
      of.splice(at, 1);
      if (isTooLow(pool)) of.splice(at, 0, each);
      else draft.space.release(each);
    }
  }
}

function attached(cluster: LiveCluster, { instance, interfaces }: NodeInstance, draft: SubnetDraft, index: number): EniCarrier {
  const [like] = interfaces.toReversed();
  const address = draft.space.takeAddress();
  const tags = {
    'node.k8s.amazonaws.com/instance_id': instance.instanceId,
    'node.k8s.amazonaws.com/createdAt': cluster.live.agenda.time.toISOString(),
    'cluster.k8s.amazonaws.com/name': cluster.name,
    'eks:eni:owner': 'amazon-vpc-cni',
  };
  const eni: NetworkInterface = {
    networkInterfaceId: awsId('eni', instance.instanceId, index, address),
    subnetId: draft.subnet.subnetId,
    vpcId: draft.subnet.vpcId,
    availabilityZone: draft.subnet.availabilityZone,
    description: `aws-K8S-${instance.instanceId}`,
    interfaceType: 'interface',
    status: 'in-use',
    requesterManaged: false,
    ownerId: cluster.live.world.account,
    privateIpAddresses: [],
    ipv4Prefixes: [],
    ipv6Addresses: [],
    ipv6Prefixes: [],
    groups: like?.groups ?? [],
    attachment: { instanceId: instance.instanceId, deviceIndex: index, networkCardIndex: 0, status: 'attached' },
    tags,
  };
  return { eni, draft, addresses: [address], prefixes: [] };
}

function keep({ live }: LiveCluster, carriers: readonly EniCarrier[]): void {
  const after = new Map(
    carriers.map(({ eni, addresses, prefixes }) => [
      eni.networkInterfaceId,
      { ...eni, privateIpAddresses: addresses, ipv4Prefixes: prefixes },
    ]),
  );
  live.edit(({ networkInterfaces }) => {
    const known = new Set(networkInterfaces.map(({ networkInterfaceId }) => networkInterfaceId));
    return {
      networkInterfaces: [
        ...networkInterfaces.map((eni) => after.get(eni.networkInterfaceId) ?? eni),
        ...[...after.values()].filter(({ networkInterfaceId }) => !known.has(networkInterfaceId)),
      ],
    };
  });
}

function isIdle(prefix: string, used: ReadonlySet<string>): boolean {
  const { first, size } = blockOf(prefix);
  return ![...used].some((address) => {
    const at = blockOf(address).first;
    return at >= first && at < first + size;
  });
}

function remove(list: string[], each: string): void {
  list.splice(list.indexOf(each), 1);
}
