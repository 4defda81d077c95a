import pLimit from 'p-limit';
import { need } from '#lib/collect/needs.ts';
import { patience, probeNode } from '#lib/collect/probes/node-probe.ts';
import { ACTIVE_DEADLINE, NODE_PROBE } from '#lib/collect/probes/node-probe-pod.ts';
import { sweepPods } from '#lib/collect/probes/own-pods.ts';
import { defineCollector, type Sources } from '#lib/collect/sources.ts';
import { DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import type { NodeProbe } from '#lib/model/node-probe.ts';
import { dataOf } from '#lib/model/slice.ts';
import { nodesToProbe } from '#lib/network/probed-nodes.ts';

/** Pods at a time. */
const AT_ONCE = 10;
/** Milliseconds after which a probe cannot be another run's that is still at work. */
const LEFT_BEHIND = 5 * 60_000 + 1_000 * ACTIVE_DEADLINE;
const { namespace } = DEFAULT_COLLECT_SETTINGS.probes;

/** The CNI's files and the routes of some nodes, each looked at by a pod that runs once and is deleted. */
export const nodeProbes = defineCollector({
  key: 'nodeProbes',
  needs: ['nodes', 'pods', 'events', 'daemonSets'],
  optIn: true,
  permissions: {
    aws: [],
    kubernetes: [
      { apiGroup: '', resources: ['pods'], verbs: ['get', 'list', 'create', 'delete'], namespace },
      { apiGroup: '', resources: ['pods/log'], verbs: ['get'], namespace },
    ],
  },
  async collect(sources, slices) {
    const { settings, now } = sources;
    const context = {
      nodes: need(slices.nodes, 'nodes'),
      pods: dataOf(slices.pods),
      events: dataOf(slices.events),
      daemonSets: dataOf(slices.daemonSets),
      now: now(),
    };
    await sweepPods(sources, {
      namespace: settings.probes.namespace,
      probe: NODE_PROBE,
      olderThan: LEFT_BEHIND,
      now: context.now,
    });
    return probeAll(sources, nodesToProbe(context, settings.probes.nodes));
  },
});

async function probeAll(sources: Sources, nodes: readonly string[]): Promise<NodeProbe[]> {
  const [first, ...others] = nodes;
  if (first === undefined) return [];
  if (patience(sources) === 0)
    return nodes.map((nodeName) => ({ nodeName, unread: 'The time of the run was over before its turn.' }));
  // Alone: where nobody may, it is refused once and not for every node.
  const made = Promise.withResolvers<boolean>();
  const reading = probeNode(sources, first, made.resolve);
  if (!(await made.promise)) await reading;
  const limit = pLimit(AT_ONCE);
  return Promise.all([reading, ...others.map((node) => limit(() => probeNode(sources, node, () => undefined)))]);
}
