/** Situations of what stands between pods and CoreDNS: one function each. */
import type { ClusterSpec, VpcSpec } from '#lib/sandbox/builder/spec.ts';
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

/** Custom networking over three zones; CoreDNS runs in the first two, and the pods of zone c have a group that may send this. */
const podsOfZoneC = (egress: NonNullable<NonNullable<VpcSpec['securityGroups']>[number]['egress']>) =>
  shop({
    subnets: ['a', 'b', 'c'].flatMap((zone, at) => [
      { name: `nodes-${zone}`, cidr: `10.0.${4 * at}.0/22`, zone },
      { name: `pods-${zone}`, cidr: `100.64.${4 * at}.0/22`, zone },
    ]),
    vpc: {
      securityGroups: [
        { name: 'pods', ingress: ['pods', 'pods-c', 'cluster:shop-prod'].map((group) => ({ protocol: '-1', group })) },
        { name: 'pods-c', ingress: [{ protocol: '-1', group: 'cluster:shop-prod' }], egress },
      ],
    },
    cluster: {
      controlPlaneSubnets: ['nodes-a', 'nodes-b'],
      cniEnv: { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', ENI_CONFIG_LABEL_DEF: 'topology.kubernetes.io/zone' },
      eniConfigs: {
        'eu-west-1a': { subnet: 'pods-a', securityGroups: ['pods'] },
        'eu-west-1b': { subnet: 'pods-b', securityGroups: ['pods'] },
        'eu-west-1c': { subnet: 'pods-c', securityGroups: ['pods-c'] },
      },
    },
    group: { subnets: ['nodes-a', 'nodes-b', 'nodes-c'], count: 6, maxPods: 20 },
  });
const toDns = (...protocols: readonly string[]) => protocols.map((protocol) => ({ protocol, from: 53, group: 'pods' }));
export const groupLetsDnsOut = () => podsOfZoneC(toDns('udp', 'tcp'));
export const groupLetsUdpOut = () => podsOfZoneC(toDns('udp'));
export const groupLetsNoDnsOut = () => podsOfZoneC([{ protocol: 'tcp', from: 443, cidr: '0.0.0.0/0' }]);

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
