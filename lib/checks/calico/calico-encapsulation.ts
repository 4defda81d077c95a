import * as z from 'zod';
import { calicoIpamInputs, POOL_KINDS } from '#lib/checks/calico/calico-ipam-inputs.ts';
import { poolModeFinding } from '#lib/checks/calico/pool-mode-finding.ts';
import { malformedFinding } from '#lib/checks/malformed-finding.ts';
import { mergeByResource } from '#lib/checks/merge-by-resource.ts';
import { nodeNetwork } from '#lib/checks/node-network.ts';
import { type NodeTraffic, nodeReachFinding } from '#lib/checks/node-reach-finding.ts';
import { defineCheck } from '#lib/model/check.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { dataOf, ofKinds } from '#lib/model/slice.ts';
import { configuredVxlanPort, encapsulationOf, networkingBackend, onlyAcrossSubnets } from '#lib/network/calico/encapsulation.ts';
import type { CalicoPool } from '#lib/network/calico/ipam-objects.ts';
import { takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';
import { nodeReach } from '#lib/network/node-reach.ts';

export const check = defineCheck({
  id: 'calico-encapsulation',
  title: "The encapsulation of Calico's pools",
  area: 'calico',
  severity: 'critical',
  inputs: ['daemonSets', 'nodes'],
  optional: ['cniResources', 'pods', 'networkInterfaces', 'securityGroups', 'securityGroupRules', 'prefixLists'],
  options: z.object({
    vxlanPort: z
      .number()
      .int()
      .min(1)
      .max(65_535)
      .default(4789)
      .describe('UDP port of VXLAN where the FelixConfiguration default sets none'),
  }),
  metrics: [],
  docs: {
    question:
      "Do Calico's pools agree on how packets travel between nodes, and do security groups let that through? IP-in-IP is a protocol of its own (IP protocol 4): a rule for TCP or UDP does not let it pass. VXLAN takes UDP 4789. With CrossSubnet, nodes of one subnet do without. Network ACLs are not looked at.",
    verdicts: {
      warning: 'enabled pools of one family differ: IP-in-IP, VXLAN or none',
      critical:
        'security groups keep the protocol of a pool from nodes to others; or a pool has both encapsulations, or IP-in-IP while calico-node runs without BGP',
      unknown:
        "Calico's objects, interfaces, security groups or their rules were not read, or one of them could not be understood (it is named)",
      notApplicable: 'no Calico; or Calico that enforces policies alone, on top of the VPC CNI or another CNI',
    },
    evidence: {
      cidr: "the pool's CIDR",
      ipipMode: 'Never, Always or CrossSubnet',
      vxlanMode: 'Never, Always or CrossSubnet',
      backend: 'what calico-node exchanges routes by: bird, vxlan or none; null where its DaemonSet does not say',
      disagreesWith: 'enabled pools of the same family with another encapsulation',
      traffic: 'what nodes send one another for this pool',
      protocol: 'its protocol: ipip or udp',
      port: 'its port; of ipip 0',
      blocked: 'nodes, by name of the first three, from which it does not get to others',
      notKnown: 'nodes between which that is not known',
      missingRules: 'rules that would help: `direction`, `groupId` and `referencedGroupId`, the peer',
      malformed: 'of the cluster: objects that could not be understood, and where',
    },
    sources: [
      'Calico documentation, "Overlay networking" (IP in IP supports only BGP; VXLAN does not need it)',
      'Calico documentation, "System requirements", section "Network requirements"',
      'Amazon VPC User Guide, "Security group rules"',
    ],
  },
  remediations: [],
  evaluate({ inputs, optional, options, target }) {
    const given = calicoIpamInputs(target, inputs.daemonSets, optional, POOL_KINDS);
    if (given.answer !== undefined) return given.answer;
    const { pools, malformed } = given.objects;
    const configuration = ofKinds(optional.cniResources, ['FelixConfiguration']);
    const felix = configuredVxlanPort(dataOf(configuration) ?? []);
    const backend = networkingBackend(inputs.daemonSets);
    const network = nodeNetwork(optional);
    const nodes = inputs.nodes.filter(takesCniAgent);
    const reach = (pool: CalicoPool): readonly Judgement[] => {
      const resource = { kind: 'ip-pool', id: pool.name, name: pool.name } as const;
      const sent = pool.disabled ? undefined : trafficOf(pool, felix.port ?? options.vxlanPort);
      if (sent === undefined) return [];
      const portUnread = sent.traffic.protocol === 'udp' && !configuration.ok ? asClause(configuration.reason) : undefined;
      if (typeof network === 'string' || portUnread !== undefined) {
        const why = portUnread === undefined ? network : `the port of VXLAN was not read: ${portUnread}`;
        const summary = `Whether security groups let ${sent.name} pass between nodes is not known: ${why}.`;
        return [{ verdict: 'unknown', resource, summary, evidence: {} }];
      }
      const found = nodeReach(nodes, network, sent.traffic, onlyAcrossSubnets(pool));
      return [{ ...nodeReachFinding(target, sent, found, network), resource }];
    };
    return {
      findings: mergeByResource([
        ...malformedFinding(target, 'Calico', [...malformed.pools, ...felix.malformed]),
        ...pools.flatMap((pool) => [poolModeFinding(pool, pools, backend), ...reach(pool)]),
      ]),
      metrics: [],
    };
  },
});

/** What nodes send one another for the pods of a pool; undefined where its packets travel as they are. */
function trafficOf(pool: CalicoPool, vxlanPort: number): NodeTraffic | undefined {
  switch (encapsulationOf(pool)) {
    case 'ipip':
      return { traffic: { protocol: 'ipip', port: 0 }, name: 'IP-in-IP (IP protocol 4)' };
    case 'vxlan':
      return { traffic: { protocol: 'udp', port: vxlanPort }, name: `VXLAN (UDP ${vxlanPort})` };
    case 'none':
    case 'both':
      return undefined;
  }
}
