import { type CheckResult, notApplicable, undecided } from '#lib/model/check.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { SliceData, Slices } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import { type EniNode, eniNode } from '#lib/network/eni-nodes.ts';
import { type Host, nodeInventory } from '#lib/network/node-inventory.ts';
import { cniName, podIpam } from '#lib/network/pod-ipam.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

interface NodeCheckContext {
  readonly inputs: Pick<
    SliceData,
    'cluster' | 'nodes' | 'pods' | 'instanceTypes' | 'networkInterfaces' | 'daemonSets' | 'subnets'
  >;
  readonly optional: Pick<Slices, 'instances'>;
  readonly target: Target;
}

export interface JudgedNodes {
  readonly judged: readonly EniNode[];
  readonly findings: CheckResult['findings'];
}

/** Judges every node whose pods have addresses of its interfaces; the others get the reason why they are not judged. */
export function judgeNodes(
  { inputs, optional, target }: NodeCheckContext,
  judge: (node: EniNode) => Omit<Judgement, 'resource'>,
): JudgedNodes {
  const { cluster, nodes, pods, instanceTypes, networkInterfaces, daemonSets } = inputs;
  const ipam = podIpam({ ok: true, data: daemonSets }, cluster.autoMode);
  const none = ({ findings }: CheckResult) => ({ judged: [], findings });
  switch (ipam.kind) {
    case 'other-cni':
      return none(notApplicable(target, `${cniName(ipam.cni)} gives the pods of this cluster their addresses, not the VPC CNI.`));
    case 'auto-mode':
      return none(notApplicable(target, 'EKS Auto Mode gives the pods of this cluster their addresses.'));
    case 'unknown':
      return none(undecided(target, `It is not known what gives pods their addresses: ${ipam.reason}.`));
    case 'vpc-cni':
  }
  const settings: VpcCniSettings = { ...ipam.settings, ipv6: ipam.settings.ipv6 || cluster.ipFamily === 'ipv6' };
  const types = new Map(instanceTypes.map((type) => [type.instanceType, type]));
  const subnets = new Map(inputs.subnets.map((subnet) => [subnet.subnetId, subnet]));
  const judged: EniNode[] = [];
  const findings: Judgement[] = [];
  const { hosts } = nodeInventory(cluster.name, nodes, dataOf(optional.instances), networkInterfaces, pods);
  for (const host of hosts) {
    if (!isNode(host)) continue;
    const resource = { kind: 'node', id: host.node.name } as const;
    const answer = eniNode(host, settings, types, subnets);
    if (answer.kind === 'judged') {
      judged.push(answer.entry);
      findings.push({ resource, ...judge(answer.entry) });
    } else
      findings.push({ resource, verdict: answer.kind, summary: `${host.name} is not judged: ${answer.reason}.`, evidence: {} });
  }
  return { judged, findings };
}

function isNode(host: Host): host is Host & { readonly node: Node } {
  return host.node !== undefined;
}
