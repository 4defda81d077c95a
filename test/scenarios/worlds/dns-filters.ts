/** Situations of what stands between pods and CoreDNS: one function each. */
import type { ClusterSpec } from '#lib/sandbox/builder/spec.ts';
import { type AclEntry, anAclEntry, OPEN_ENTRIES, ports } from '#test/network/acls.ts';
import { besideGeneral } from './nodes.ts';
import { shop } from './shop.ts';

type Policy = NonNullable<ClusterSpec['networkPolicies']>[number];

const entry = anAclEntry;
const OPEN = OPEN_ENTRIES;

/** CoreDNS runs in both subnets of nodes; that of zone a has an ACL of these entries. */
const aclOfZoneA = (entries: readonly AclEntry[]) => shop({ vpc: { networkAcls: { 'nodes-a': [...entries] } } });
export const openAcl = () => aclOfZoneA(OPEN);
export const aclDeniesDns = () => aclOfZoneA([entry(90, true, { protocol: '17', ruleAction: 'deny', ...ports(53) }), ...OPEN]);
/** Nodes of zone c are alone in their subnet, which hears no answers. */
export const aclDropsAnswers = () =>
  shop({
    subnets: [
      { name: 'nodes-a', cidr: '10.0.0.0/22', zone: 'a' },
      { name: 'nodes-b', cidr: '10.0.4.0/22', zone: 'b' },
      { name: 'nodes-c', cidr: '10.0.8.0/22', zone: 'c' },
    ],
    vpc: {
      networkAcls: {
        'nodes-c': [
          entry(100, true),
          entry(100, false, { protocol: '17', ...ports(0, 1023) }),
          entry(110, false, { protocol: '6' }),
        ],
      },
    },
    group: { subnets: ['nodes-a', 'nodes-b', 'nodes-c'], count: 6 },
  });
export const ipv6Open = () =>
  shop({
    subnets: [
      { name: 'nodes-a', cidr: '10.0.0.0/22', zone: 'a', ipv6Cidr: '2a05:d018:1:a00::/64' },
      { name: 'nodes-b', cidr: '10.0.4.0/22', zone: 'b', ipv6Cidr: '2a05:d018:1:a01::/64' },
    ],
    cluster: { ipFamily: 'ipv6' },
    group: { maxPods: 110 },
  });

export const policies = (...networkPolicies: readonly Policy[]) =>
  shop({ cluster: { enforcesNetworkPolicies: true, networkPolicies } });
export const policiesOfNobody = (...networkPolicies: readonly Policy[]) => shop({ cluster: { networkPolicies } });

/** Nodes of Auto Mode beside a node group, which runs CoreDNS. */
export const besideAutoMode = (nodeClass: Readonly<Record<string, string>>, cluster: Partial<ClusterSpec> = {}) =>
  besideGeneral({ startedBy: 'auto-mode', nodeClass: 'own', maxPods: 110 }, { nodeClasses: { own: nodeClass }, ...cluster });

export const denyAll: Policy = {
  namespace: 'shop',
  name: 'deny-all',
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
};
const KUBE_DNS = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
  podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
};
export const allowDns = (...protocols: readonly string[]): Policy => ({
  namespace: 'shop',
  name: 'allow-dns',
  spec: {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: [KUBE_DNS], ports: protocols.map((protocol) => ({ protocol, port: 53 })) }],
  },
});
export const lockCoreDns: Policy = {
  namespace: 'kube-system',
  name: 'lock',
  spec: { podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } }, policyTypes: ['Ingress'] },
};
