import * as z from 'zod';
import { nodeBackendFinding } from '#lib/checks/flannel/node-backend-finding.ts';
import { nodeNetwork } from '#lib/checks/node-network.ts';
import { nodeReachFinding } from '#lib/checks/node-reach-finding.ts';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import { backendTraffic } from '#lib/network/flannel/backend-traffic.ts';
import { type Flannel, findFlannel } from '#lib/network/flannel/flannel.ts';
import { nodeBackends } from '#lib/network/flannel/node-backend.ts';
import { nodeOverlay } from '#lib/network/flannel/node-overlay.ts';
import { nodeReach } from '#lib/network/node-reach.ts';

export const check = defineCheck({
  id: 'flannel-backend',
  title: "flannel's backend between nodes",
  area: 'flannel',
  severity: 'critical',
  inputs: ['daemonSets', 'nodes'],
  optional: ['configMaps', 'networkInterfaces', 'securityGroups', 'securityGroupRules', 'prefixLists', 'nodeProbes'],
  options: z.object({
    joiningMinutes: z
      .number()
      .min(0)
      .default(5)
      .describe('age up to which a node may not have told of itself yet, nor be known to the others, in minutes'),
  }),
  metrics: [],
  docs: {
    question:
      "Do pods of one node reach those of another? Each agent of flannel tells the others where its node is, by annotations of the node, and the others send there what is for its pods: over VXLAN in UDP 8472, unless configured otherwise. So the annotations must be there, agree, and name the node's own address, and the nodes' security groups must let that port pass. On nodes that a probe looked at (`collect.optIn: [nodeProbes]`), the VXLAN link must be up, and there must be a route to the podCIDR of every other node, its VTEP and, where the image of the probe can read them, its forwarding entry. Network ACLs are not looked at.",
    verdicts: {
      critical:
        "a node older than `joiningMinutes` lacks annotations, or tells another backend than the others or is configured, an address that is not its own (without public-ip-overwrite), or what another node tells too; a probe saw that its link is missing, down or another than it tells, or that it does not know the way to another node; or security groups keep the backend's port shut between nodes",
      unknown:
        "flannel's configuration, or interfaces, security groups and their rules were not read or not understood; or the backend is host-gw, or one that is not known; or flannel keeps subnets of its own in an etcd",
      notApplicable: 'no flannel',
    },
    evidence: {
      backendType: 'of a node: the backend that it tells; null where it tells none',
      publicIp: 'of a node: the address that others send to; null where it tells none',
      vni: "of a node: its VXLAN's network identifier, where it tells one",
      internalIps: 'of a node: its own addresses',
      problems: 'of a node: what is wrong',
      overlay:
        'of a node: what a probe saw, null where none looked: its `link`, how many other nodes (`peers`) it should know the way to, and those, the first 20 each, of which it has no route (`unrouted`), not the MAC (`unresolved`) or no forwarding entry (`unforwarded`, null where not read)',
      traffic: 'of the cluster: what nodes send one another',
      protocol: 'of the cluster: its protocol',
      port: 'of the cluster: its port',
      blocked: 'of the cluster: nodes, by name of the first three, from which it does not get to others',
      notKnown: 'of the cluster: nodes between which that is not known',
      missingRules: 'of the cluster: rules of which any would help: `direction`, `groupId` and `referencedGroupId`, the peer',
    },
    sources: [
      'flannel Documentation/backends.md and Documentation/kubernetes.md (annotations)',
      'flannel pkg/subnet/kube/annotations.go; pkg/backend/vxlan/vxlan_network.go and pkg/backend/hostgw/hostgw.go',
      'Amazon VPC User Guide, "Security group rules"',
    ],
  },
  remediations: [],
  evaluate({ inputs, optional, options, target, now }) {
    const flannel = findFlannel(inputs.daemonSets, inputs.nodes, optional.configMaps);
    if (flannel === undefined) return notApplicable(target, 'flannel does not run here.');
    if (!flannel.usesPodCidrs)
      return undecided(
        target,
        'flannel runs without --kube-subnet-mgr: what nodes tell one another stands in an etcd of its own.',
      );
    const config = typeof flannel.config === 'string' ? undefined : flannel.config;
    const youngest = now.getTime() - 60_000 * options.joiningMinutes;
    const backends = nodeBackends(flannel.nodes, config);
    const settled = backends.filter(({ node }) => Date.parse(node.createdAt) <= youngest);
    const found = new Map(dataOf(optional.nodeProbes)?.map((probe) => [probe.nodeName, probe.found]));
    const nodes = backends.map((of) => {
      const probed = found.get(of.node.name);
      const overlay = probed && nodeOverlay(of, settled, probed);
      return nodeBackendFinding(of, Date.parse(of.node.createdAt) > youngest, overlay);
    });
    return { findings: [portFinding(target, flannel, optional), ...nodes], metrics: [] };
  },
});

/** Whether the backend's port is open between the nodes. */
function portFinding(
  target: Target,
  { config, nodes }: Flannel,
  slices: Pick<Slices, 'networkInterfaces' | 'securityGroups' | 'securityGroupRules' | 'prefixLists'>,
): Judgement {
  const unknown = (reason: string): Judgement => ({
    verdict: 'unknown',
    resource: { kind: 'cluster', id: target.arn, name: target.name },
    summary: `Whether nodes reach one another is not known: ${reason}.`,
    evidence: {},
  });
  if (typeof config === 'string') return unknown(config);
  const traffic = backendTraffic(config.backend);
  if (typeof traffic === 'string') return unknown(traffic);
  const network = nodeNetwork(slices);
  if (typeof network === 'string') return unknown(network);
  const name = `flannel's ${config.backend.type} (UDP ${traffic.port})`;
  return nodeReachFinding(target, { traffic, name }, nodeReach(nodes, network, traffic), network);
}
