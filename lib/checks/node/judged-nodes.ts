import { type NodeCheckContext, vpcCniNodes } from '#lib/checks/node/vpc-cni-nodes.ts';
import type { CheckResult } from '#lib/model/check.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { EniNode } from '#lib/network/eni-nodes.ts';

export interface JudgedNodes {
  readonly judged: readonly EniNode[];
  readonly findings: CheckResult['findings'];
}

/** Judges every node whose pods have addresses of its interfaces; the others get the reason why they are not judged. */
export function judgeNodes(context: NodeCheckContext, judge: (node: EniNode) => Omit<Judgement, 'resource'>): JudgedNodes {
  const nodes = vpcCniNodes(context);
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

function resourceOf(id: string): Judgement['resource'] {
  return { kind: 'node', id };
}
