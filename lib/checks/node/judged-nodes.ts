import { type NodeCheckContext, nodeHosts, type UnjudgedNode, vpcCniNodes } from '#lib/checks/node/vpc-cni-nodes.ts';
import { type CheckResult, undecided } from '#lib/model/check.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { ofKinds } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { ciliumEniNode, ciliumEniNodes } from '#lib/network/cilium-eni-nodes.ts';
import type { EniNode } from '#lib/network/eni-nodes.ts';
import { podIpam } from '#lib/network/pod-ipam.ts';

export interface JudgedNodes {
  readonly judged: readonly EniNode[];
  readonly findings: CheckResult['findings'];
}

interface EniContext extends NodeCheckContext {
  readonly optional: Pick<Slices, 'instances' | 'cniResources'>;
}

interface SortedNodes {
  readonly judged: readonly EniNode[];
  readonly unjudged: readonly UnjudgedNode[];
}

/**
 * Judges every node whose pods have addresses of its interfaces, by the VPC CNI or by Cilium in its ENI mode; the others get the reason
 * why they are not judged.
 */
export function judgeNodes(context: EniContext, judge: (node: EniNode) => Omit<Judgement, 'resource'>): JudgedNodes {
  const nodes = ciliumNodes(context) ?? vpcCniNodes(context);
  if ('findings' in nodes) return { judged: [], findings: nodes.findings };
  const judged = nodes.judged.map((entry) => ({ resource: resourceOf(entry.node.name), ...judge(entry) }));
  const unjudged = nodes.unjudged.map(({ host, answer }) => ({
    resource: resourceOf(host.node.name),
    verdict: answer.kind,
    summary: `${host.name} is not judged: ${answer.reason}.`,
    evidence: {},
  }));
  return { judged: nodes.judged, findings: [...judged, ...unjudged] };
}

/** @returns undefined where Cilium does not give the addresses, or not from interfaces */
function ciliumNodes({ inputs, optional, target }: EniContext): SortedNodes | CheckResult | undefined {
  const ipam = podIpam({ ok: true, data: inputs.daemonSets }, inputs.cluster.autoMode);
  if (ipam.kind !== 'other-cni' || ipam.cni !== 'cilium') return undefined;
  const cniResources = ofKinds(optional.cniResources, ['CiliumNode']);
  if (!cniResources.ok) {
    const why = asClause(cniResources.reason);
    return undecided(
      target,
      `Whether Cilium takes addresses from interfaces is not known: its CiliumNodes were not read (${why}).`,
    );
  }
  const resources = ciliumEniNodes(cniResources.data);
  if (resources.size === 0) return undefined;
  const types = new Map(inputs.instanceTypes.map((type) => [type.instanceType, type]));
  const judged: EniNode[] = [];
  const unjudged: UnjudgedNode[] = [];
  for (const host of nodeHosts({ inputs, optional })) {
    const answer = ciliumEniNode(host, resources, types);
    if (answer.kind === 'judged') judged.push(answer.entry);
    else unjudged.push({ host, answer });
  }
  return { judged, unjudged };
}

function resourceOf(id: string): Judgement['resource'] {
  return { kind: 'node', id };
}
