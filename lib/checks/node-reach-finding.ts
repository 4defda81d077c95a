import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Target } from '#lib/model/target.ts';
import { interfaceIndex } from '#lib/network/interface-index.ts';
import { narrowest } from '#lib/network/missing-rules.ts';
import type { NodeGap, NodeNetwork, NodeReach } from '#lib/network/node-reach.ts';
import type { TunnelTraffic } from '#lib/network/security-group-decision.ts';

/** What nodes send one another, and for what. */
export interface NodeTraffic {
  readonly traffic: TunnelTraffic;
  /** `VXLAN (UDP 4789)`. */
  readonly name: string;
}

const MOST_LISTED = 10;

/** Whether nodes can send one another what their CNI needs, in one finding of the cluster. */
export function nodeReachFinding(
  target: Target,
  { traffic, name }: NodeTraffic,
  reach: NodeReach,
  network: NodeNetwork,
): Judgement {
  const resource = { kind: 'cluster', id: target.arn, name: target.name } as const;
  const { blocked, unknown } = reach;
  const index = interfaceIndex(network.networkInterfaces);
  const missingRules = blocked.flatMap(({ why }) =>
    typeof why === 'string'
      ? []
      : why.map(({ direction, groups, peerGroups }) => ({
          direction,
          groupId: narrowest(groups, index),
          referencedGroupId: peerGroups ? narrowest(peerGroups, index) : null,
        })),
  );
  const distinct = [...new Map(missingRules.map((rule) => [JSON.stringify(rule), rule])).values()];
  const evidence = {
    traffic: name,
    protocol: traffic.protocol,
    port: traffic.port,
    blocked: blocked.slice(0, MOST_LISTED).map(pair),
    notKnown: unknown.slice(0, MOST_LISTED).map(pair),
    missingRules: distinct.slice(0, MOST_LISTED),
  };
  const [gap] = blocked;
  if (gap !== undefined) {
    const rules = distinct.map(({ direction, groupId, referencedGroupId }) =>
      direction === 'egress' ? `egress of ${groupId} to ${referencedGroupId}` : `ingress of ${groupId} from ${referencedGroupId}`,
    );
    const summary = `Security groups keep ${name} from ${of(gap.from)} to ${of(gap.to)}: no rule allows ${rules.slice(0, 4).join('; ')}.`;
    return { verdict: 'critical', resource, summary, evidence, timeToImpact: 'immediate' };
  }
  const [doubt] = unknown;
  if (doubt !== undefined) {
    const summary = `Whether security groups let ${name} pass from ${of(doubt.from)} to ${of(doubt.to)} is not known: ${doubt.why}.`;
    return { verdict: 'unknown', resource, summary, evidence };
  }
  return { verdict: 'ok', resource, summary: `Security groups let ${name} pass between all nodes.`, evidence };
}

const of = ({ nodes }: NodeGap['from']): string =>
  nodes.length === 1 ? (nodes[0] ?? '') : `${plural(nodes.length, 'node')} as ${nodes[0]}`;

const pair = ({ from, to }: NodeGap) => ({ from: from.nodes.slice(0, 3), to: to.nodes.slice(0, 3) });
