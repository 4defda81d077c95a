import * as z from 'zod';
import { bgpNodeFinding } from '#lib/checks/calico/bgp-node-finding.ts';
import { bgpSilenceFinding } from '#lib/checks/calico/bgp-silence-finding.ts';
import { calicoIpamInputs, POOL_KINDS } from '#lib/checks/calico/calico-ipam-inputs.ts';
import { malformedFinding } from '#lib/checks/malformed-finding.ts';
import { mergeByResource } from '#lib/checks/merge-by-resource.ts';
import { nodeNetwork } from '#lib/checks/node-network.ts';
import { defineCheck, notApplicable } from '#lib/model/check.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { dataOf, ofKinds } from '#lib/model/slice.ts';
import type { Target } from '#lib/model/target.ts';
import { bgpPlan, disagreement, hasPeers } from '#lib/network/calico/bgp-peers.ts';
import { BGP_KINDS, needsRoutes, withoutBgp } from '#lib/network/calico/bgp-use.ts';
import { bgpWays } from '#lib/network/calico/bgp-ways.ts';
import { readyCalicoNodes, toldStatuses } from '#lib/network/calico/told-statuses.ts';
import { takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';

export const check = defineCheck({
  id: 'calico-bgp',
  title: "The BGP sessions of Calico's nodes",
  area: 'calico',
  severity: 'critical',
  inputs: ['daemonSets', 'nodes'],
  optional: [
    'cniResources',
    'calicoNodeStatus',
    'pods',
    'networkInterfaces',
    'securityGroups',
    'securityGroupRules',
    'prefixLists',
  ],
  options: z.object({
    meshNodes: z.number().int().min(1).default(100).describe('nodes above which a full mesh is a warning'),
  }),
  metrics: [],
  docs: {
    question:
      "Are the BGP sessions by which Calico's nodes tell one another their routes established? Only calico-node knows, and it tells by objects of the kind CalicoNodeStatus, of which there are none unless somebody creates them. The opt-in source calicoNodeStatus creates one for each node of which nobody else's tells, waits until it is filled, and deletes it again.",
    verdicts: {
      warning:
        'some peers of a node are not Established; or the mesh is off, no BGPPeer gives a node a peer, and a pool that is not VXLAN needs routes; or more than `meshNodes` nodes in a full mesh',
      critical: 'no peer of a node is Established, or its BIRD is not ready',
      unknown:
        "there is no CalicoNodeStatus, or none of some nodes, or it is not filled, or its updates are stopped, or it is older than three periods while calico-node there is not ready, or a node that is to have peers names none; or Calico's objects were not read or not understood",
      notApplicable:
        'no Calico; Calico that enforces policies alone; the backend vxlan or none; or VXLAN in all pools, with neither BGP peers nor a CalicoNodeStatus',
    },
    evidence: {
      established: 'of a node: peers in the state Established',
      notEstablished: 'of a node: the other peers',
      peersDown:
        'of a node: those, as `peer`, `type`, `state`, `since`, `securityGroups` (TCP 179, or the listenPort of the BGPConfiguration, between the two: open, shut, not-known, or outside of the cluster) and the likely `cause`',
      birdReady: 'of a node: whether no BIRD of a family that is spoken says that it is not ready',
      lastUpdated: 'of a node: when calico-node last told',
      nodesWithoutStatus: 'of the cluster: nodes of which no CalicoNodeStatus tells of BGP',
      mesh: 'of the cluster: whether every node is to speak with every other',
      nodes: 'of the cluster: how many nodes there are',
      malformed: 'of the cluster: objects that could not be understood, and where',
    },
    sources: [
      'Calico documentation, "Calico node status" resource and "Configure BGP peering"',
      'projectcalico/calico node/pkg/status (reporter.go, populators/peers.go); api/pkg/apis/projectcalico/v3/nodestatus.go',
      'RFC 4271, section 8.2.2',
    ],
  },
  remediations: ['restart-bgp'],
  evaluate({ inputs, optional, options, target, now }) {
    const given = calicoIpamInputs(target, inputs.daemonSets, optional, POOL_KINDS);
    if (given.answer !== undefined) return given.answer;
    const resources = dataOf(optional.cniResources) ?? [];
    const told = ofKinds(optional.cniResources, BGP_KINDS);
    const without = withoutBgp(inputs.daemonSets, dataOf(told), given.objects);
    if (without !== undefined) return notApplicable(target, without);
    const nodes = inputs.nodes.filter(takesCniAgent);
    const byName = new Map(nodes.map((node) => [node.name, node]));
    const plan = bgpPlan(resources);
    const network = nodeNetwork(optional);
    const ways = bgpWays(nodes, typeof network === 'string' ? undefined : network, plan.port);
    const pods = dataOf(optional.pods);
    const ready = pods && readyCalicoNodes(inputs.daemonSets, pods);
    const found = toldStatuses(resources, dataOf(optional.calicoNodeStatus) ?? [], { now, ready });
    const enabled = given.objects.pools.filter(({ disabled }) => !disabled);
    const families = new Set(enabled.map(({ addresses }) => addresses.family));
    const needed = told.ok && nodes.length > 1 && needsRoutes(enabled);
    const silent = nodes.flatMap(({ name }) => (found.statuses.has(name) ? [] : name));
    const judged = [...found.statuses.values()].map(({ status, stale }) => {
      const node = byName.get(status.spec.node);
      const peers = told.ok && node && hasPeers(plan, node, nodes) ? 'any' : needed && node ? 'none' : 'not-needed';
      return bgpNodeFinding(status, {
        stale,
        families,
        peers,
        port: plan.port,
        way: (peerIp) => ways.way(status.spec.node, peerIp),
        disagreement: (peerIp) => node && disagreement(plan, { node, peerIp, nodes }),
      });
    });
    return {
      findings: mergeByResource([
        ...malformedFinding(target, 'Calico', [...found.malformed, ...plan.malformed]),
        ...bgpSilenceFinding(target, silent, optional.calicoNodeStatus),
        ...(told.ok ? [] : [unreadFinding(target, told.reason)]),
        ...(told.ok && plan.mesh && nodes.length > options.meshNodes
          ? [meshFinding(target, nodes.length, options.meshNodes)]
          : []),
        ...judged,
      ]),
      metrics: [],
    };
  },
});

function unreadFinding(target: Target, reason: string): Judgement {
  const resource = { kind: 'cluster', id: target.arn, name: target.name } as const;
  const summary = `Who is to speak BGP with whom, or what is told of it, was not read whole: ${asClause(reason)}.`;
  return { verdict: 'unknown', resource, summary, evidence: {} };
}

/** Source: Calico documentation, "Configure BGP peering": a full mesh suits up to about 100 nodes. */
function meshFinding(target: Target, nodes: number, most: number): Judgement {
  const resource = { kind: 'cluster', id: target.arn, name: target.name } as const;
  const summary = `${nodes} nodes are in a full BGP mesh, which suits up to ${most}: use route reflectors.`;
  return { verdict: 'warning', resource, summary, evidence: { mesh: true, nodes }, timeToImpact: 'days' };
}
