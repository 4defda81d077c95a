import { plural } from '#lib/model/plural.ts';
import type { Precondition } from '#lib/model/remediation.ts';
import { addonDrift } from '#lib/network/addon-drift.ts';
import { holding, named } from '#lib/remediate/precondition.ts';
import type { VpcCniScene } from '#lib/remediate/vpc-cni/scene.ts';

/** Guards of every change of the VPC CNI: nothing else is under way, and what is stored is what runs. */
export function settledPreconditions(scene: VpcCniScene): readonly Precondition[] {
  return [noDrift(scene), noRollout(scene), noUpdate(scene), ...noScaling(scene)];
}

function noDrift({ addon, daemonSet }: VpcCniScene): Precondition {
  const { drift, gap } = addonDrift({ ok: true, data: addon === undefined ? [] : [addon] }, daemonSet);
  const differing = drift.map(
    ({ setting, configured, running }) => `${setting} is ${configured ?? 'unset'} there and ${running ?? 'unset'} here`,
  );
  return {
    name: 'no-drift',
    holds: gap === undefined ? holding(drift.length === 0) : 'unknown',
    value: gap ?? (addon === undefined ? 'self-managed, so there is nothing to differ from' : differing.join('; ') || 'none'),
    wanted: "the add-on's configuration and the running DaemonSet agree",
    remedy:
      "Decide which of the two is meant, and bring the other to it: the update would carry the add-on's configuration, and an edit by hand may outlive it or be lost.",
  };
}

function noRollout({ daemonSet }: VpcCniScene): Precondition {
  const { generation, observedGeneration, desired, updated, ready } = daemonSet;
  const seen = observedGeneration >= generation;
  return {
    name: 'no-rollout',
    holds: holding(seen && updated === desired && ready === desired),
    value: `${updated} of ${desired} agents are of the newest template and ${ready} are ready${seen ? '' : ', and its latest change has not been taken up yet'}`,
    wanted: 'all of them, so that what goes wrong afterwards is of this change',
    remedy:
      'Wait for kubectl -n NAMESPACE rollout status daemonset aws-node, or mend the agents first: cniwatch triage says what ails them.',
  };
}

function noUpdate({ addon, data: { cluster, nodegroups } }: VpcCniScene): Precondition {
  const states: readonly (readonly [string, string | undefined])[] = [
    ['the cluster', cluster.status],
    ...(addon === undefined ? [] : [['the add-on vpc-cni', addon.status] as const]),
    ...nodegroups.map(({ nodegroupName, status }) => [`node group ${nodegroupName}`, status] as const),
  ];
  const other = states.filter(([, status]) => status !== 'ACTIVE');
  const untold = other.some(([, status]) => status === undefined);
  return {
    name: 'no-update',
    holds: other.length === 0 ? 'yes' : untold ? 'unknown' : 'no',
    value:
      other.length === 0 ? 'all ACTIVE' : named(other.map(([what, status]) => `${what} is ${status ?? 'of no stated status'}`)),
    wanted: 'the cluster, the add-on and every node group are ACTIVE',
    remedy:
      'Wait until the update has ended. A degraded node group or add-on is to be mended first: its health issues say what ails it.',
  };
}

/** Of a managed group, by its size; of any other, by instances that have not joined. */
function noScaling({ data: { nodegroups, nodes }, joining }: VpcCniScene): readonly Precondition[] {
  const counts = Map.groupBy(nodes, ({ labels }) => labels['eks.amazonaws.com/nodegroup'] ?? '');
  const off = nodegroups.flatMap(({ nodegroupName, scaling }) => {
    const there = counts.get(nodegroupName)?.length ?? 0;
    return scaling === undefined || scaling.desiredSize === there
      ? []
      : [`${nodegroupName} has ${there} of ${scaling.desiredSize} nodes`];
  });
  const coming = joining.length > 0 ? [`${plural(joining.length, 'instance')} not joined yet`] : [];
  const moving = [...off, ...coming];
  return [
    {
      name: 'no-scaling',
      holds: holding(moving.length === 0),
      value: moving.length === 0 ? 'every node group has its nodes, and no instance is joining' : named(moving),
      wanted: 'no node group grows, shrinks or replaces nodes',
      remedy:
        'Wait until the nodes are there. Instances that never join are a finding of their own: cniwatch check --check node-launch-failures.',
    },
  ];
}
