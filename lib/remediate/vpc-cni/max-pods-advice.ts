import { plural } from '#lib/model/plural.ts';
import { expectedMaxPods } from '#lib/network/max-pods.ts';
import { maxPodsOrigin } from '#lib/network/max-pods-source.ts';
import { canDelegatePrefixes } from '#lib/network/node-capacity.ts';
import type { VpcCniScene } from '#lib/remediate/vpc-cni/scene.ts';

/**
 * What is left to do about max-pods, a sentence for each kind of node: prefixes show on new nodes only, and hardly anything that sets
 * max-pods knows of them.
 * Source: Amazon EKS Best Practices Guide, "Prefix Mode for Linux": new node groups, rather than a rolling replacement.
 */
export function maxPodsAdvice({ nodes, data: { nodegroups } }: VpcCniScene): readonly string[] {
  const groups = Map.groupBy(
    nodes.filter(({ type }) => canDelegatePrefixes(type)),
    ({ node, type }) => JSON.stringify([groupOf(node.labels), type.instanceType, node.allocatablePods]),
  );
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const { node, type, capacity } = first;
    const wanted = expectedMaxPods(type, { mode: 'prefix', podEnis: capacity.podEnis });
    const now = node.allocatablePods ?? 0;
    const who = `${plural(1 + others.length, 'node')} of ${groupOf(node.labels)} (${type.instanceType})`;
    if (now >= wanted) return [`${who} already allow ${now} pods, of which ${wanted} fit.`];
    return [`${who} allow ${now} pods and could allow ${wanted}: ${maxPodsOrigin(node, nodegroups).change}.`];
  });
}

function groupOf(labels: Readonly<Record<string, string>>): string {
  const group = labels['eks.amazonaws.com/nodegroup'];
  if (group !== undefined) return `node group ${group}`;
  const pool = labels['karpenter.sh/nodepool'] ?? labels['karpenter.sh/provisioner-name'];
  return pool === undefined ? 'no group' : `NodePool ${pool}`;
}
