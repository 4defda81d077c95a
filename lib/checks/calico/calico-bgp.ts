import * as z from 'zod';
import { bgpNodeFinding } from '#lib/checks/calico/bgp-node-finding.ts';
import { calicoIpamInputs } from '#lib/checks/calico/calico-ipam-inputs.ts';
import { malformedFinding } from '#lib/checks/malformed-finding.ts';
import { mergeByResource } from '#lib/checks/merge-by-resource.ts';
import { nodeNetwork } from '#lib/checks/node-network.ts';
import { defineCheck, notApplicable } from '#lib/model/check.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Target } from '#lib/model/target.ts';
import { encapsulationOf, networkingBackend } from '#lib/network/calico/encapsulation.ts';
import { calicoNodeStatuses, nodeToNodeMesh } from '#lib/network/calico/node-status.ts';
import { takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';
import { nodeReach } from '#lib/network/node-reach.ts';

const BGP = { protocol: 'tcp', port: 179 } as const;

export const check = defineCheck({
  id: 'calico-bgp',
  title: "The BGP sessions of Calico's nodes",
  area: 'calico',
  severity: 'critical',
  inputs: ['daemonSets', 'nodes'],
  optional: ['cniResources', 'pods', 'networkInterfaces', 'securityGroups', 'securityGroupRules', 'prefixLists'],
  options: z.object({
    meshNodes: z.number().int().min(1).default(100).describe('nodes above which a full mesh is a warning'),
  }),
  metrics: [],
  docs: {
    question:
      "Are the BGP sessions by which Calico's nodes tell one another their routes established? Only calico-node knows, and it tells by objects of the kind CalicoNodeStatus, of which there are none unless somebody creates them: one for each node, with the classes Agent and BGP and an updatePeriodSeconds.",
    verdicts: {
      warning: 'some peers of a node are not Established; or more than `meshNodes` nodes in a full mesh',
      critical: 'no peer of a node is Established, or its BIRD is not ready',
      unknown:
        "there is no CalicoNodeStatus, or none of some nodes, or calico-node does not update it (three periods missed), or a node of a full mesh names no peer; or Calico's objects were not read or not understood",
      notApplicable:
        'no Calico; Calico that enforces policies alone; the backend vxlan or none; or VXLAN in all pools, with neither BGP peers nor a CalicoNodeStatus',
    },
    evidence: {
      established: 'of a node: peers in the state Established',
      notEstablished: 'of a node: the other peers',
      peersDown: 'of a node: those, as `peer`, `type`, `state`, `since` and the likely `cause`',
      birdReady: 'of a node: whether BIRD does not say that it is not ready',
      lastUpdated: 'of a node: when calico-node last told',
      nodesWithoutStatus: 'of the cluster: nodes of which no CalicoNodeStatus tells of BGP',
      mesh: 'of the cluster: whether every node is to speak with every other',
      nodes: 'of the cluster: how many nodes there are',
      malformed: 'of the cluster: objects that could not be understood, and where',
    },
    sources: [
      'Calico documentation, "Calico node status" resource and "Configure BGP peering"',
      'projectcalico/api pkg/apis/projectcalico/v3/nodestatus.go',
      'RFC 4271, section 8.2.2',
    ],
  },
  remediations: ['restart-bgp'],
  evaluate({ inputs, optional, options, target, now }) {
    const given = calicoIpamInputs(target, inputs.daemonSets, optional);
    if (given.answer !== undefined) return given.answer;
    const resources = dataOf(optional.cniResources) ?? [];
    const statuses = calicoNodeStatuses(resources);
    const backend = networkingBackend(inputs.daemonSets);
    if (backend === 'vxlan' || backend === 'none')
      return notApplicable(target, `calico-node runs without BGP here (backend ${backend}).`);
    const pools = given.objects.pools.filter(({ disabled }) => !disabled);
    const speaks = resources.some(({ kind }) => kind === 'BGPPeer' || kind === 'CalicoNodeStatus');
    const vxlanAlone =
      pools.length > 0 && pools.every((pool) => encapsulationOf(pool) === 'vxlan' && pool.vxlanMode === 'Always');
    if (backend === undefined && !speaks && vxlanAlone && given.objects.malformed.pools.length === 0)
      return notApplicable(target, 'Every pool of Calico travels over VXLAN here, which needs no BGP.');
    const nodes = inputs.nodes.filter(takesCniAgent);
    const mesh = nodeToNodeMesh(resources);
    const network = nodeNetwork(optional);
    const blocked = typeof network === 'string' ? [] : nodeReach(nodes, network, BGP).blocked;
    const nodeAt = new Map(nodes.flatMap(({ name, internalIps }) => internalIps.map((ip) => [ip, name] as const)));
    const isShut = (from: string, to: string | undefined) =>
      blocked.some((gap) => gap.from.nodes.includes(from) && to !== undefined && gap.to.nodes.includes(to));
    // One TCP connection is enough, whoever opens it.
    const shut = (node: string, peerIp: string) => isShut(node, nodeAt.get(peerIp)) && isShut(nodeAt.get(peerIp) ?? '', node);
    const told = new Set(statuses.objects.map(({ spec }) => spec.node));
    const silent = nodes.flatMap(({ name }) => (told.has(name) ? [] : name));
    return {
      findings: mergeByResource([
        ...malformedFinding(target, 'Calico', [...statuses.malformed, ...mesh.malformed]),
        ...silentFinding(target, silent),
        ...(mesh.enabled && nodes.length > options.meshNodes ? [meshFinding(target, nodes.length, options.meshNodes)] : []),
        ...statuses.objects.map((status) =>
          bgpNodeFinding(status, {
            now,
            hasPeers: mesh.enabled && nodes.length > 1,
            shut: (peerIp) => shut(status.spec.node, peerIp),
          }),
        ),
      ]),
      metrics: [],
    };
  },
});

function silentFinding(target: Target, nodes: readonly string[]): readonly Judgement[] {
  if (nodes.length === 0) return [];
  const resource = { kind: 'cluster', id: target.arn, name: target.name } as const;
  const summary = `No CalicoNodeStatus tells of the BGP sessions of ${plural(nodes.length, 'node')}, as ${nodes[0]}: create one for each, with spec.node, spec.classes [Agent, BGP] and spec.updatePeriodSeconds 60.`;
  return [{ verdict: 'unknown', resource, summary, evidence: { nodesWithoutStatus: nodes.slice(0, 20) } }];
}

/** Source: Calico documentation, "Configure BGP peering": a full mesh suits up to about 100 nodes. */
function meshFinding(target: Target, nodes: number, most: number): Judgement {
  const resource = { kind: 'cluster', id: target.arn, name: target.name } as const;
  const summary = `${nodes} nodes are in a full BGP mesh, which suits up to ${most}: use route reflectors.`;
  return { verdict: 'warning', resource, summary, evidence: { mesh: true, nodes }, timeToImpact: 'days' };
}
