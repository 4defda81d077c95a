/** Two nodes in two subnets: CoreDNS runs on `node-b` (10.0.2.0/24), one pod that asks it on `node-a` (10.0.1.0/24). */
import type { Pod } from '#lib/model/kubernetes.ts';
import { aDaemonSet, aNode, aNodeEni, anEndpointSlice, aPod, type aSnapshot, aSubnet, awsNode } from '#test/scenarios/slices.ts';

export type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

export const eniA = aNodeEni('i-a', 0, {
  subnetId: 'subnet-a',
  privateIpAddresses: ['10.0.1.10', '10.0.1.11', '10.0.1.12'],
  groups: ['sg-nodes'],
});
export const eniB = aNodeEni('i-b', 0, {
  subnetId: 'subnet-b',
  privateIpAddresses: ['10.0.2.10', '10.0.2.11', '10.0.2.12'],
  groups: ['sg-nodes'],
});
export const nodeA = aNode({ name: 'node-a', instanceId: 'i-a', internalIps: ['10.0.1.10'] });
export const nodeB = aNode({ name: 'node-b', instanceId: 'i-b', internalIps: ['10.0.2.10'] });

/** As its manifest has it, with the names of its ports that policies may use. */
export function coreDns(over: Partial<Pod> = {}): Pod {
  return aPod({
    namespace: 'kube-system',
    name: 'coredns-1',
    labels: { 'k8s-app': 'kube-dns' },
    nodeName: 'node-b',
    podIps: ['10.0.2.11'],
    dnsPolicy: 'Default',
    owner: { kind: 'ReplicaSet', name: 'coredns-6b9575c64c' },
    containers: [
      {
        name: 'coredns',
        image: 'coredns:v1.12.4',
        init: false,
        ready: true,
        restartCount: 0,
        ports: [
          { name: 'dns', protocol: 'UDP', containerPort: 53 },
          { name: 'dns-tcp', protocol: 'TCP', containerPort: 53 },
        ],
      },
    ],
    ...over,
  });
}

export function asking(over: Partial<Pod> = {}): Pod {
  return aPod({
    nodeName: 'node-a',
    podIps: ['10.0.1.11'],
    dnsPolicy: 'ClusterFirst',
    owner: { kind: 'ReplicaSet', name: 'web-7d4b9c' },
    ...over,
  });
}

export const slicesOf = (...pods: readonly Pod[]) => [
  anEndpointSlice({
    endpoints: pods.map(({ name, podIps, nodeName }) => ({
      addresses: [...podIps],
      ready: true,
      ...(nodeName ? { nodeName } : {}),
      target: { kind: 'Pod', namespace: 'kube-system', name },
    })),
  }),
];

export const nodeCache = (nodeName: string, ip: string, ready = 'True') =>
  aPod({
    namespace: 'kube-system',
    name: `node-local-dns-${nodeName}`,
    labels: { 'k8s-app': 'node-local-dns' },
    hostNetwork: true,
    nodeName,
    podIps: [ip],
    dnsPolicy: 'Default',
    conditions: [{ type: 'Ready', status: ready }],
  });
export const nodeCacheAgents = aDaemonSet({ name: 'node-local-dns', labels: { 'k8s-app': 'node-local-dns' } });

/** CoreDNS and these pods, with what is given on top. */
export function twoSubnets(pods: readonly Pod[] = [asking()], over: Given = {}): Given {
  return {
    nodes: [nodeA, nodeB],
    networkInterfaces: [eniA, eniB],
    pods: [coreDns(), ...pods],
    daemonSets: [awsNode()],
    endpointSlices: slicesOf(coreDns()),
    subnets: [
      aSubnet({ subnetId: 'subnet-a', cidrBlock: '10.0.1.0/24' }),
      aSubnet({ subnetId: 'subnet-b', cidrBlock: '10.0.2.0/24' }),
    ],
    ...over,
  };
}
