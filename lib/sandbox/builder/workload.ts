import { ago, type ClusterNode, draftOf } from '#lib/sandbox/builder/cluster.ts';
import { eventObject, namespaceObject, nodeObject, podObject } from '#lib/sandbox/builder/objects.ts';
import type { ClusterSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';
import {
  AWS_NODE_IMAGE,
  awsNodeObject,
  COREDNS_IMAGE,
  KUBE_PROXY_IMAGE,
  kubeDnsEndpoints,
  kubeDnsService,
  kubeProxyObject,
} from '#lib/sandbox/builder/system.ts';
import type { VpcDraft } from '#lib/sandbox/builder/vpc.ts';
import type { KubernetesObject, KubernetesResource } from '#lib/sandbox/world.ts';

const APPS = ['storefront', 'cart', 'checkout', 'search', 'inventory', 'pricing', 'recommendations', 'notifications'];
/** Those that every API server has, and the workloads' own. */
const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system', 'shop'];
const DNS_PORTS = [
  { containerPort: 53, name: 'dns', protocol: 'UDP' },
  { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
];
/** The agent does not answer. */
const AGENT_DOWN =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "6e0c8f": plugin type="aws-cni" name="aws-cni" failed (add): add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:50051: connect: connection refused"';

/** The agent answers that it has no address to give. */
const NO_ADDRESS =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "6e0c8f": plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container';

/** What a cluster's API server serves. */
export function kubernetesOf(
  world: WorldSpec,
  vpc: VpcDraft,
  spec: ClusterSpec,
  nodes: readonly ClusterNode[],
  env: Readonly<Record<string, string>>,
): KubernetesResource[] {
  const crashing = new Set(spec.crashingAgents);
  const version = spec.version ?? '1.33';
  const since = ago(world.now, 30 * 24 * 3600);
  const perNode = nodes.map((node) => podsOf(world, spec, node, crashing.has(node.ordinal)));
  const pods = perNode.flatMap(({ running, waiting }) => [...running, ...waiting]);
  const coreDns = pods.filter(({ metadata }) => metadata.labels?.['k8s-app'] === 'kube-dns');
  const zones = new Map(nodes.map(({ name, zone }) => [name, zone]));
  const numbers = { desired: nodes.length, ready: nodes.length - crashing.size };
  const cniVersion = spec.cniVersion ?? 'v1.20.4-eksbuild.1';
  return [
    core(
      'nodes',
      'Node',
      false,
      nodes.map((node) => toNodeObject(world, node, version)),
    ),
    core('pods', 'Pod', true, pods),
    core(
      'events',
      'Event',
      true,
      perNode.flatMap(({ waiting }, at) => {
        const message = crashing.has(nodes[at]?.ordinal ?? -1) ? AGENT_DOWN : NO_ADDRESS;
        return waiting.map((pod) => sandboxFailure(world, pod, nodes[at]?.name ?? '', message));
      }),
    ),
    core('services', 'Service', true, [kubeDnsService(since)]),
    core(
      'namespaces',
      'Namespace',
      false,
      NAMESPACES.map((name) => namespaceObject(name, since)),
    ),
    grouped('apps/v1', 'daemonsets', 'DaemonSet', true, [
      awsNodeObject(cniVersion, env, since, numbers),
      kubeProxyObject(version, since, nodes.length),
    ]),
    grouped('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', true, [
      kubeDnsEndpoints(coreDns, (name) => zones.get(name) ?? '', since),
    ]),
    grouped('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', true, []),
    grouped('crd.k8s.amazonaws.com/v1alpha1', 'eniconfigs', 'ENIConfig', false, eniConfigs(vpc, spec, since)),
    grouped('vpcresources.k8s.aws/v1alpha1', 'cninodes', 'CNINode', false, []),
    grouped('vpcresources.k8s.aws/v1beta1', 'securitygrouppolicies', 'SecurityGroupPolicy', true, []),
  ];
}

const core = (plural: string, kind: string, namespaced: boolean, items: readonly KubernetesObject[]) =>
  grouped('v1', plural, kind, namespaced, items);

function grouped(
  apiVersion: string,
  plural: string,
  kind: string,
  namespaced: boolean,
  items: readonly KubernetesObject[],
): KubernetesResource {
  return { apiVersion, kind, plural, namespaced, items };
}

function toNodeObject({ region, now }: WorldSpec, node: ClusterNode, version: string): KubernetesObject {
  return nodeObject({
    name: node.name,
    instanceId: node.instance.instanceId,
    zone: node.zone,
    region,
    instanceType: node.instance.instanceType,
    nodegroup: node.group.name,
    privateIp: node.privateIp,
    maxPods: node.group.maxPods,
    version,
    createdAt: node.instance.launchTime ?? ago(now, 0),
    // A node whose agent crashed after it came up stays Ready: the CNI's configuration file is still there.
    ready: true,
  });
}

/** The agents, CoreDNS on the first two nodes, and the workloads: each takes one of the node's addresses, or waits for one. */
function podsOf(
  { now }: WorldSpec,
  spec: ClusterSpec,
  node: ClusterNode,
  agentCrashes: boolean,
): { running: KubernetesObject[]; waiting: KubernetesObject[] } {
  const at = { nodeName: node.name, nodeIp: node.privateIp };
  const createdAt = ago(now, 6 * 24 * 3600);
  const version = spec.version ?? '1.33';
  const agent = { ...at, namespace: 'kube-system', key: node.name, hostNetwork: true, owner: 'DaemonSet' as const, createdAt };
  const running = [
    podObject({
      ...agent,
      app: 'aws-node',
      image: AWS_NODE_IMAGE(spec.cniVersion ?? 'v1.20.4-eksbuild.1'),
      labels: { 'k8s-app': 'aws-node' },
      ...(agentCrashes ? { crashing: { restarts: 14, exitCode: 1, reason: 'Error' } } : {}),
    }),
    podObject({ ...agent, app: 'kube-proxy', image: KUBE_PROXY_IMAGE(version), labels: { 'k8s-app': 'kube-proxy' } }),
  ];
  const [first, ...others] = node.podIps;
  const forApps = node.ordinal < 2 ? others : node.podIps;
  if (node.ordinal < 2 && first !== undefined) {
    running.push(
      podObject({
        ...at,
        namespace: 'kube-system',
        app: 'coredns',
        key: node.ordinal,
        podIp: first,
        owner: 'ReplicaSet',
        image: COREDNS_IMAGE,
        labels: { 'k8s-app': 'kube-dns', 'eks.amazonaws.com/component': 'coredns' },
        ports: DNS_PORTS,
        createdAt,
      }),
    );
  }
  const app = (index: number) => APPS[(node.ordinal + index) % APPS.length] ?? 'storefront';
  const workload = { ...at, owner: 'ReplicaSet' as const, image: 'registry.example.com/shop/app:2026.11.3' };
  running.push(
    ...forApps.map((podIp, index) =>
      podObject({ ...workload, namespace: 'shop', app: app(index), key: `${node.ordinal}-${index}`, podIp, createdAt }),
    ),
  );
  const missing = node.group.podsPerNode - node.podIps.length;
  const waiting = Array.from({ length: Math.max(0, missing) }, (_, index) =>
    podObject({
      ...workload,
      namespace: 'shop',
      app: app(index),
      key: `${node.ordinal}-waiting-${index}`,
      createdAt: ago(now, 9 * 60),
    }),
  );
  return { running, waiting };
}

function sandboxFailure({ now }: WorldSpec, pod: KubernetesObject, nodeName: string, message: string): KubernetesObject {
  return eventObject({
    reason: 'FailedCreatePodSandBox',
    message,
    pod,
    nodeName,
    count: 38,
    firstSeen: ago(now, 9 * 60),
    lastSeen: ago(now, 12),
  });
}

function eniConfigs(vpc: VpcDraft, { eniConfigs: configs = {} }: ClusterSpec, createdAt: string): KubernetesObject[] {
  return Object.entries(configs).map(([name, { subnet, securityGroups }]) => ({
    apiVersion: 'crd.k8s.amazonaws.com/v1alpha1',
    kind: 'ENIConfig',
    metadata: { name, creationTimestamp: createdAt },
    spec: { subnet: draftOf(vpc, subnet).subnet.subnetId, securityGroups: securityGroups.map(vpc.groupId) },
  }));
}
