import { ago } from '#lib/sandbox/builder/ago.ts';
import type { ClusterNode } from '#lib/sandbox/builder/cluster.ts';
import type { FargatePod } from '#lib/sandbox/builder/fargate.ts';
import { cniVersionOf } from '#lib/sandbox/builder/kubernetes.ts';
import { eventObject, podName, podObject } from '#lib/sandbox/builder/objects.ts';
import type { ClusterSpec, NodegroupSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';
import { AWS_NODE_IMAGE, COREDNS_IMAGE, KUBE_PROXY_IMAGE } from '#lib/sandbox/builder/system.ts';
import type { KubernetesObject } from '#lib/sandbox/world.ts';

const APPS = ['storefront', 'cart', 'checkout', 'search', 'inventory', 'pricing', 'recommendations', 'notifications'];
const DNS_PORTS = [
  { containerPort: 53, name: 'dns', protocol: 'UDP' },
  { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
];
const CORE_DNS = {
  namespace: 'kube-system',
  app: 'coredns',
  image: COREDNS_IMAGE,
  labels: { 'k8s-app': 'kube-dns', 'eks.amazonaws.com/component': 'coredns' },
  ports: DNS_PORTS,
};
/** The agent does not answer. */
const AGENT_DOWN =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "6e0c8f": plugin type="aws-cni" name="aws-cni" failed (add): add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:50051: connect: connection refused"';

/** The agent answers that it has no address to give. */
const NO_ADDRESS =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "6e0c8f": plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container';

/** The agents, CoreDNS on the first two nodes, and the workloads: each takes one of the node's addresses, or waits for one. */
export function podsOf(
  { now }: WorldSpec,
  spec: ClusterSpec,
  node: ClusterNode,
  agentCrashes: boolean,
): { running: KubernetesObject[]; waiting: KubernetesObject[] } {
  const at = { nodeName: node.name, nodeIp: node.nodeIp };
  const createdAt = ago(now, 6 * 24 * 3600);
  const version = spec.version ?? '1.33';
  const agent = { ...at, namespace: 'kube-system', key: node.name, hostNetwork: true, owner: 'DaemonSet' as const, createdAt };
  const withAgent = hasAgent(node.group);
  const running = !withAgent
    ? []
    : [
        podObject({
          ...agent,
          app: 'aws-node',
          image: AWS_NODE_IMAGE(cniVersionOf(spec)),
          labels: { 'k8s-app': 'aws-node' },
          ...(agentCrashes ? { crashing: { restarts: 14, exitCode: 1, reason: 'Error' } } : {}),
        }),
        podObject({ ...agent, app: 'kube-proxy', image: KUBE_PROXY_IMAGE(version), labels: { 'k8s-app': 'kube-proxy' } }),
      ];
  const servesDns = node.ordinal < 2 && withAgent;
  const [first, ...others] = node.podIps;
  const forApps = servesDns ? others : node.podIps;
  if (servesDns && first !== undefined) {
    running.push(
      podObject({
        ...at,
        ...CORE_DNS,
        key: node.ordinal,
        podIp: first,
        owner: 'ReplicaSet',
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
  running.push(
    ...node.branches.map(({ address, annotation }, index) =>
      podObject({
        ...workload,
        namespace: 'shop',
        app: 'ledger',
        key: `${node.ordinal}-branch-${index}`,
        podIp: address,
        labels: { 'app.kubernetes.io/name': 'ledger', 'own-security-groups': 'true' },
        annotations: { 'vpc.amazonaws.com/pod-eni': annotation },
        createdAt,
      }),
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

/** Whether aws-node and kube-proxy run on a group's nodes: Auto Mode has them in the node itself, Windows has others. */
export function hasAgent({ startedBy, ami }: Pick<NodegroupSpec, 'startedBy' | 'ami'>): boolean {
  return startedBy !== 'auto-mode' && ami !== 'windows';
}

export function agentPodName({ name }: Pick<ClusterNode, 'name'>): string {
  return podName({ app: 'aws-node', owner: 'DaemonSet', key: name });
}

/** A pod that is alone on a node of Fargate, whose address is its own. */
export function fargatePodObject(
  { now }: WorldSpec,
  { nodeName, address }: FargatePod,
  at: number,
  isCoreDns: boolean,
): KubernetesObject {
  return podObject({
    ...(isCoreDns
      ? CORE_DNS
      : { namespace: 'batch', app: 'invoice-run', image: 'registry.example.com/shop/invoice-run:2026.11.3' }),
    key: `fargate-${at}`,
    nodeName,
    nodeIp: address,
    podIp: address,
    owner: 'ReplicaSet',
    createdAt: ago(now, 6 * 24 * 3600),
  });
}

/** What the kubelet says of each pod that waits for its network. */
export function sandboxFailures(
  { now }: WorldSpec,
  waiting: readonly KubernetesObject[],
  nodeName: string,
  agentCrashes: boolean,
): KubernetesObject[] {
  return waiting.map((involved) =>
    eventObject({
      reason: 'FailedCreatePodSandBox',
      message: agentCrashes ? AGENT_DOWN : NO_ADDRESS,
      involved,
      nodeName,
      count: 38,
      firstSeen: ago(now, 9 * 60),
      lastSeen: ago(now, 12),
    }),
  );
}
