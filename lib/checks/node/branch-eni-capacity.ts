import * as z from 'zod';
import { type BranchNode, branchClusterFinding, branchFinding } from '#lib/checks/node/branch-eni-finding.ts';
import { vpcCniSettingsOf } from '#lib/checks/node/vpc-cni-nodes.ts';
import { defineCheck, notApplicable } from '#lib/model/check.ts';
import { dataOf } from '#lib/model/slice.ts';
import { branchCapacity, podsAwaitingBranch, trunkMissingReason } from '#lib/network/branch-capacity.ts';
import { type Host, nodeInventory } from '#lib/network/node-inventory.ts';

const TRUNK_TAG = 'vpcresources.k8s.aws/trunk-eni-id';
const MINUTE = 60_000;

export const check = defineCheck({
  id: 'branch-eni-capacity',
  title: 'Branch interfaces of pods with their own security groups',
  area: 'node',
  severity: 'critical',
  inputs: ['cluster', 'nodes', 'pods', 'daemonSets'],
  optional: ['networkInterfaces', 'instances', 'instanceTypes', 'events', 'cniNodes', 'securityGroupPolicies'],
  options: z.object({
    warningPercent: z
      .number()
      .min(0)
      .max(100)
      .default(85)
      .describe("share of a node's branch interfaces in use that is a warning, in percent"),
    joiningMinutes: z.number().min(0).default(10).describe('age up to which a node may be without its trunk, in minutes'),
  }),
  metrics: [],
  docs: {
    question:
      "Is there room for further pods with security groups of their own? Each takes a branch interface of its node's trunk: a small type takes few of them, some types take no trunk, and a node that has attached all its interfaces before the trunk stays without. The scheduler then keeps such pods back, however many addresses are free.",
    verdicts: {
      warning:
        'a node with `warningPercent` of its branch interfaces in use, or without a trunk though its type takes one; a cluster with SecurityGroupPolicies and ENABLE_POD_ENI off, or no trunk on any node',
      critical: 'pods are kept back for want of branch interfaces: the cluster, and each node that has none left',
      unknown: 'the SecurityGroupPolicies were not read; no CNI that is understood',
      notApplicable:
        'ENABLE_POD_ENI is off, and neither SecurityGroupPolicies nor branch interfaces are there; Cilium, Calico, flannel or EKS Auto Mode gives pods their addresses; nodes of a type without trunk; Windows, Fargate, hybrid and Auto Mode nodes',
    },
    evidence: {
      instanceType: 'EC2 instance type',
      branchUsed: 'branch interfaces of pods that have not finished',
      branchMax: '`vpc.amazonaws.com/pod-eni` that the node offers; 0 without a trunk',
      branchLimit: 'branch interfaces that the type takes; null where it is not listed or takes no trunk',
      trunkCompatible: 'whether the type takes a trunk; null where it is not listed, which the CNI takes for yes',
      trunkEniId: 'the trunk; null where none was seen',
      branchesAttached:
        'branch interfaces that EC2 shows on the trunk, those in cool-down included; null where interfaces were not read',
      enabled: 'of the cluster: `ENABLE_POD_ENI` of aws-node',
      policies: 'of the cluster: SecurityGroupPolicies; null where they were not read',
      nodesWithTrunk: 'of the cluster: nodes that offer branch interfaces',
      podsWaiting: 'of the cluster: pods that the scheduler keeps back for want of branch interfaces',
    },
    sources: [
      'Amazon EKS User Guide, "Assign security groups to individual Pods" (https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html)',
      'amazon-vpc-resource-controller-k8s pkg/aws/vpc/limits.go, pkg/provider/branch/provider.go',
      'amazon-vpc-cni-k8s pkg/ipamd/ipamd.go (trunk interface)',
    ],
  },
  remediations: ['advise-instance-types', 'recycle-nodes'],
  evaluate({ inputs, optional, target, options, now }) {
    const settings = vpcCniSettingsOf(inputs, target);
    if ('findings' in settings) return settings;
    const interfaces = dataOf(optional.networkInterfaces);
    const { hosts } = nodeInventory(inputs.cluster.name, inputs.nodes, dataOf(optional.instances), interfaces, inputs.pods);
    const branches = interfaces && countBy(interfaces.flatMap(({ tags }) => tags[TRUNK_TAG] ?? []));
    const types = new Map((dataOf(optional.instanceTypes) ?? []).map((type) => [type.instanceType, type]));
    const events = dataOf(optional.events) ?? [];
    const cniNodes = dataOf(optional.cniNodes);
    const byName = cniNodes && new Map(cniNodes.map((cniNode) => [cniNode.name, cniNode]));
    const toNode = (host: Host): BranchNode => {
      const capacity = branchCapacity(host, branches);
      const missing = settings.podEni && capacity.branchMax === 0 && capacity.support.kind !== 'unsupported';
      return {
        name: host.name,
        instanceType: host.instanceType ?? 'a type not known',
        capacity,
        joining: now.getTime() - Date.parse(host.node?.createdAt ?? '') <= options.joiningMinutes * MINUTE,
        ...(missing && { trunkMissing: trunkMissingReason(host, types.get(host.instanceType ?? ''), events, byName) }),
      };
    };
    const nodes = hosts.filter(({ node, kind }) => node !== undefined && kind === 'linux').map(toNode);
    const podsWaiting = podsAwaitingBranch(inputs.pods).map(({ namespace, name }) => `${namespace}/${name}`);
    const policies = dataOf(optional.securityGroupPolicies)?.length;
    const offering = nodes.filter(({ capacity }) => capacity.branchMax > 0 || capacity.branchUsed > 0);
    const unused = offering.length === 0 && podsWaiting.length === 0;
    if (!settings.podEni && policies === 0 && unused)
      return notApplicable(
        target,
        'No pod has security groups of its own: ENABLE_POD_ENI is off, and there is no SecurityGroupPolicy.',
      );
    const cluster = branchClusterFinding({ enabled: settings.podEni, policies, podsWaiting, nodes });
    const judged = settings.podEni ? nodes : offering;
    return {
      findings: [
        { ...cluster, resource: { kind: 'cluster', id: target.arn, name: target.name } },
        ...judged.map((node) => branchFinding(node, options.warningPercent, podsWaiting.length)),
      ],
      metrics: [],
    };
  },
});

function countBy(keys: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(keys, (key) => key)].map(([key, members]) => [key, members.length]));
}
