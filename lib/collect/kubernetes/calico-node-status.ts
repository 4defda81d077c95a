import { askCalicoNodes } from '#lib/collect/kubernetes/ask-calico-nodes.ts';
import { NODE_STATUSES, sweepCalicoNodeStatuses } from '#lib/collect/kubernetes/calico-node-statuses.ts';
import { need } from '#lib/collect/needs.ts';
import { defineCollector } from '#lib/collect/sources.ts';
import type { CalicoNodeReading } from '#lib/model/calico-node-status.ts';
import { ABSENT } from '#lib/model/collector.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { dataOf, ofKinds } from '#lib/model/slice.ts';
import { BGP_KINDS, withoutBgp } from '#lib/network/calico/bgp-use.ts';
import { calicoIpam } from '#lib/network/calico/calico-ipam.ts';
import { calicoNodeStatuses } from '#lib/network/calico/node-status.ts';
import { readyCalicoNodes, staleness } from '#lib/network/calico/told-statuses.ts';
import { takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';
import { takeTurns } from '#lib/network/take-turns.ts';

/** Nodes that are asked in one run: an object each. */
const MOST_NODES = 200;

/**
 * What calico-node tells of its agent and its BGP sessions, on each node: only an object that asks for it makes it tell. Nodes of which
 * somebody else's object tells already are not asked.
 */
export const calicoNodeStatus = defineCollector({
  key: 'calicoNodeStatus',
  needs: ['daemonSets', 'nodes', 'pods', 'cniResources'],
  optIn: true,
  permissions: {
    aws: [],
    kubernetes: NODE_STATUSES.groups.map((apiGroup) => ({
      apiGroup,
      resources: [NODE_STATUSES.resource],
      verbs: ['list', 'create', 'delete'] as const,
    })),
  },
  async collect(sources, { daemonSets, nodes, pods, cniResources }) {
    const agents = need(daemonSets, 'daemonSets');
    const resources = need(cniResources, 'cniResources');
    const ipam = calicoIpam(agents, resources, pods);
    if (ipam.kind !== 'present' || withoutBgp(agents, dataOf(ofKinds(cniResources, BGP_KINDS)), ipam.objects) !== undefined)
      return [];
    const at = await sweepCalicoNodeStatuses(sources);
    if (at === undefined) return ABSENT;
    const now = sources.now();
    const telling = { now, ready: pods.ok ? readyCalicoNodes(agents, pods.data) : undefined };
    const told = new Set(
      calicoNodeStatuses(resources).objects.flatMap((status) =>
        staleness(status, telling) === undefined ? status.spec.node : [],
      ),
    );
    const silent = need(nodes, 'nodes').filter((node) => takesCniAgent(node) && !told.has(node.name));
    const ready = silent.filter(isReady).map(({ name }) => name);
    const asked = takeTurns(ready.toSorted(), MOST_NODES, Math.floor(now.getTime() / 60_000));
    return [...(await askCalicoNodes(sources, at, asked)), ...silent.flatMap((node) => (isReady(node) ? [] : notReady(node)))];
  },
});

const isReady = ({ conditions }: Node): boolean => conditions.some(({ type, status }) => type === 'Ready' && status === 'True');

const notReady = ({ name }: Node): CalicoNodeReading => ({
  node: name,
  unread: 'Its agent was not asked, since the node is not Ready.',
});
