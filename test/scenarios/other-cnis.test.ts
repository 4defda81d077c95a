/** The checks of Cilium, Calico and flannel in worlds in which they say this and that: found, read and judged through the real SDK clients. */
import { describe, expect, it } from 'vitest';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { World } from '#lib/sandbox/world.ts';
import { assessWorld, type HowToAssess } from './assess-world.ts';
import { calico, calicoAgents, calicoBgp, policyOnly } from './worlds/calico.ts';
import { clusterPool, eniMode } from './worlds/cilium.ts';
import { flannel } from './worlds/flannel.ts';
import { shutBetweenNodes } from './worlds/other-cni.ts';
import { shop } from './worlds/shop.ts';

type Row = readonly [situation: string, world: () => World, verdict: Verdict, how?: HowToAssess];

const IPIP = { cidr: '10.244.0.0/24', ipipMode: 'Always' };
const ALL_UP = ['Established', 'Established', 'Established'];
const IDLE = ['Established', 'Idle', 'Established'];
const CONNECT = ['Connect', 'Connect', 'Connect'];
const WRONG_AS = ['OpenSent', 'OpenConfirm', 'OpenSent'];
const STRICT = { strictAffinity: true, autoAllocateBlocks: true };

const CASES: Readonly<Record<string, readonly Row[]>> = {
  'cilium-ipam': [
    ['the ENI mode, with spare addresses', () => eniMode(20, 12), 'ok'],
    ['the ENI mode, with none', () => eniMode(20, 20), 'warning'],
    ['cluster-pool, with a CIDR in five free', () => clusterPool(20), 'ok'],
    ['cluster-pool, with no CIDR left', () => clusterPool(22), 'critical'],
    ['a kind of it is refused', () => eniMode(20, 12, { forbidden: ['ciliumnodes'] }), 'unknown'],
    [
      'chained on the VPC CNI',
      () => eniMode(20, 20, { besideVpcCni: true, config: { 'cni-chaining-mode': 'aws-cni' } }),
      'not-applicable',
    ],
    [
      'beside the VPC CNI, and its configuration is refused',
      () => eniMode(20, 12, { besideVpcCni: true, forbidden: ['configmaps'] }),
      'unknown',
    ],
    ['no Cilium', () => shop(), 'not-applicable'],
  ],
  'calico-ipam': [
    ['room', () => calico({ blocks: [40, 40, 40, 40] }), 'ok'],
    ['83 %, of the native API', () => calico({ group: 'v3', blocks: [64, 64, 64, 20] }), 'warning'],
    ['97 %', () => calico({ blocks: [64, 64, 64, 56] }), 'critical'],
    ['a kind of it is refused', () => calico({ forbidden: ['ipamblocks'] }), 'unknown'],
    ['an etcd of its own', () => calico({ pools: {} }), 'unknown'],
    ['policies alone on the VPC CNI', policyOnly, 'not-applicable'],
    ['no Calico', () => shop(), 'not-applicable'],
  ],
  'calico-block-fragmentation': [
    ['a block left to claim', () => calico({ blocks: [0, 0, 0] }), 'ok'],
    ['all claimed', () => calico({ blocks: [0, 0, 0, 0] }), 'warning'],
    ['addresses of pods that are gone', () => calico({ blocks: [5, 0, 0] }), 'warning'],
    [
      'all claimed, strict affinity, and nodes without a block',
      () => calico({ blocks: [0, 0, 0, 0], config: STRICT }),
      'critical',
    ],
    ['the same, of the native API', () => calico({ group: 'v3', blocks: [0, 0, 0, 0], config: STRICT }), 'critical'],
    ['a kind of it is refused', () => calico({ forbidden: ['ipamconfigs'], config: STRICT }), 'unknown'],
    ['policies alone on the VPC CNI', policyOnly, 'not-applicable'],
    ['no Calico', () => shop(), 'not-applicable'],
  ],
  'flannel-pod-cidr': [
    ['a podCIDR each', () => flannel(), 'ok'],
    ['one node without', () => flannel({ podCidr: (at) => (at === 2 ? undefined : `10.244.${at}.0/24`) }), 'critical'],
    ['the same twice', () => flannel({ podCidr: (at) => `10.244.${at % 3}.0/24` }), 'critical'],
    ['outside of the network', () => flannel({ podCidr: (at) => `10.245.${at}.0/24` }), 'critical'],
    ['a network that overlaps the VPC', () => flannel({ netConf: { Network: '10.0.0.0/8' } }), 'warning'],
    ['its configuration is refused', () => flannel({ forbidden: ['configmaps'] }), 'unknown'],
    ['no flannel', () => shop(), 'not-applicable'],
  ],
  'flannel-backend': [
    ['all nodes tell the same, and the port is open', () => flannel(), 'ok'],
    [
      'one node tells another backend',
      () => flannel({ annotations: (_, at) => (at === 1 ? { 'backend-type': 'host-gw' } : {}) }),
      'critical',
    ],
    [
      'one node tells the address of another',
      () => flannel({ annotations: (_, at) => (at === 1 ? { 'public-ip': '10.0.9.9' } : {}) }),
      'critical',
    ],
    [
      'one node tells nothing',
      () => flannel({ annotations: (_, at) => (at === 1 ? { 'backend-type': undefined } : {}) }),
      'critical',
    ],
    ['the VXLAN port is shut', () => shutBetweenNodes(flannel()), 'critical'],
    [
      'a backend that is not known',
      () =>
        flannel({
          netConf: { Network: '10.244.0.0/16', Backend: { Type: 'alloc' } },
          annotations: () => ({ 'backend-type': 'alloc' }),
        }),
      'unknown',
    ],
    ['security groups denied', () => flannel(), 'unknown', { denied: ['ec2:DescribeSecurityGroupRules'] }],
    ['no flannel', () => shop(), 'not-applicable'],
  ],
  'calico-encapsulation': [
    ['VXLAN, and its port is open', () => calico({ blocks: [1] }), 'ok'],
    ['VXLAN, and its port is shut', () => shutBetweenNodes(calico({ blocks: [1] })), 'critical'],
    [
      'IP-in-IP, of the native API, and its protocol is shut',
      () => shutBetweenNodes(calico({ group: 'v3', pools: { pods: IPIP }, blocks: [1] })),
      'critical',
    ],
    [
      'pools that disagree',
      () => calico({ pools: { pods: IPIP, more: { cidr: '10.245.0.0/24', vxlanMode: 'Always' } }, blocks: [1] }),
      'warning',
    ],
    ['interfaces denied', () => calico({ blocks: [1] }), 'unknown', { denied: ['ec2:DescribeNetworkInterfaces'] }],
    ['policies alone on the VPC CNI', policyOnly, 'not-applicable'],
    ['no Calico', () => shop(), 'not-applicable'],
  ],
  'calico-bgp': [
    ['all established', () => calicoBgp('Established', 'Established'), 'ok'],
    ['one Idle', () => calicoBgp('Established', 'Idle'), 'warning'],
    ['none established', () => calicoBgp('Connect', 'OpenSent'), 'critical'],
    ['nothing tells of the sessions', () => calico({ pools: { pods: IPIP }, blocks: [1] }), 'unknown'],
    ['all established, as each agent says when asked', () => calicoAgents({ agents: () => ALL_UP }), 'ok'],
    ['one node Idle when asked', () => calicoAgents({ agents: (_, at) => (at === 2 ? IDLE : ALL_UP) }), 'warning'],
    [
      'all of one node in Connect, of the native API',
      () => calicoAgents({ group: 'v3', agents: (_, at) => (at === 2 ? CONNECT : ALL_UP) }),
      'critical',
    ],
    ['Connect, and TCP 179 is shut', () => shutBetweenNodes(calicoAgents({ agents: () => CONNECT })), 'critical'],
    ['a wrong AS number', () => calicoAgents({ agents: (_, at) => (at === 2 ? WRONG_AS : ALL_UP) }), 'critical'],
    ['asking is refused', () => calicoAgents({ agents: () => ALL_UP, forbidden: ['create caliconodestatuses'] }), 'unknown'],
    ['asking is not switched on', () => calicoAgents({ agents: () => ALL_UP }), 'unknown', { optIn: [] }],
    ['VXLAN, which needs no BGP', () => calico({ blocks: [1] }), 'not-applicable'],
    ['policies alone on the VPC CNI', policyOnly, 'not-applicable'],
    ['no Calico', () => shop(), 'not-applicable'],
  ],
};

describe.each(Object.entries(CASES))('%s', (id, rows) => {
  it.each(rows.map(([situation, world, verdict, how]) => ({ situation, world, verdict, how })))(
    '$situation: $verdict',
    async ({ world, verdict, how }) => {
      const { findings } = await assessWorld(world(), how);
      const own = findings.filter(({ check }) => check === id);
      expect(own).not.toEqual([]);
      const worst = worstVerdict(own.map((finding) => finding.verdict));
      expect(worst, own.map((finding) => `${finding.verdict}: ${finding.summary}`).join('\n')).toBe(verdict);
    },
  );
});
